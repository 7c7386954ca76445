import { InputError } from '../errors/index.js';
import { type DType, formatShape, type NDArray, type Sample, type Shape } from '../ndarray/index.js';

/** What one sample's entry looks like, without the batch axis; `null` stands for any extent. */
export interface InputSpec {
  readonly shape: readonly (number | null)[];
  readonly dtype: DType;
  /** Smallest and largest value allowed, checked on the host: graphs cannot throw. */
  readonly range?: readonly [low: number, high: number];
  /** Whether a batch may lack the entry. Default false. */
  readonly optional?: boolean;
}

function matches(shape: Shape, spec: readonly (number | null)[]): boolean {
  return shape.length === spec.length && spec.every((extent, axis) => extent === null || extent === shape[axis]);
}

function checkRange(name: string, { data, shape }: NDArray, [low, high]: readonly [number, number]): void {
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (value >= low && value <= high) continue;
    const row = Math.floor(index / (data.length / (shape[0] ?? 1)));
    throw new InputError(
      `Batch entry "${name}" holds ${value} (row ${row} of the batch); allowed is ${low} to ${high}. Check the dataset's labels, or build the network for more classes.`,
    );
  }
}

/**
 * Checks a collated batch against the network's declared inputs; entries not in `names` are left alone.
 *
 * @throws InputError naming the entry, what it is and what was expected.
 */
export function checkBatch(
  batch: Sample,
  inputs: Readonly<Record<string, InputSpec>>,
  names: readonly string[] = Object.keys(inputs),
): void {
  let rows: number | undefined;
  for (const name of names) {
    const spec = inputs[name];
    const array = batch[name];
    if (spec === undefined || (array === undefined && spec.optional === true)) continue;
    if (array === undefined)
      throw new InputError(
        `The batch has no entry "${name}". It has: ${Object.keys(batch).join(', ') || 'none'}. Rename the dataset's key, or override prepareBatch.`,
      );
    const expected = ['N', ...spec.shape.map((extent) => extent ?? '?')].join(', ');
    if (!matches(array.shape.slice(1), spec.shape) || array.shape.length === 0) {
      throw new InputError(
        `Batch entry "${name}" has shape ${formatShape(array.shape)}; expected [${expected}]. Resize or crop the samples, or build the network for this size.`,
      );
    }
    if (array.dtype !== spec.dtype)
      throw new InputError(
        `Batch entry "${name}" is ${array.dtype}; expected ${spec.dtype}. Cast it in the dataset, or override prepareBatch.`,
      );
    rows ??= array.shape[0]!;
    if (rows !== array.shape[0])
      throw new InputError(
        `Batch entry "${name}" has ${array.shape[0]} rows, other entries have ${rows}. Every entry needs one row per sample.`,
      );
    if (spec.range !== undefined) checkRange(name, array, spec.range);
  }
}
