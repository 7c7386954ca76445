import {
  allocate,
  ArgumentError,
  didYouMean,
  DisposedError,
  formatShape,
  InputError,
  type NDArray,
  NotFoundError,
  sameShape,
  type Sample,
  sizeOf,
  sliceRows,
  zeros,
} from '@delira/core';
import { crc32, type ModelDescription, parseDescription, preprocess } from '@delira/onnx';
import type { Session } from '../engine/Engine.js';
import type { EngineInfo, Runtime } from '../engine/Runtime.js';
import { type BatchRunner, sessionRunner } from './BatchRunner.js';

export interface InferenceModelOptions {
  /** Largest number of samples in one run of the engine: a larger batch is predicted in parts. Default: whatever a batch has. */
  readonly batchSize?: number;
  /** Samples of a first prediction, of zeros, before anybody waits for one. Default 0: none. */
  readonly warmUp?: number;
}

/** A name, or the only one there is. */
function oneOf(names: readonly string[], wanted: string | undefined, what: string): string {
  const [only] = names;
  if (wanted === undefined) {
    if (names.length === 1) return only!;
    throw new ArgumentError(`The model has several ${what}s: ${names.join(', ')}. Use run() to give or get several.`);
  }
  if (!names.includes(wanted))
    throw new NotFoundError(
      `The model has no ${what} "${wanted}".${didYouMean(wanted, names)} It has: ${names.join(', ')}.`,
    );
  return wanted;
}

/** Rows of all parts, one after the other. */
function joinRows(parts: readonly NDArray[]): NDArray {
  const [first] = parts as readonly [NDArray];
  if (parts.length === 1) return first;
  const { dtype, shape } = first;
  const width = sizeOf(shape.slice(1));
  const rows = parts.reduce((total, part) => total + part.shape[0]!, 0);
  const data = allocate(dtype, rows * width);
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { dtype, shape: [rows, ...shape.slice(1)], data };
}

function checkOptions({ batchSize = Infinity, warmUp = 0 }: InferenceModelOptions): void {
  if (!(batchSize === Infinity || Number.isSafeInteger(batchSize)) || batchSize < 1)
    throw new ArgumentError(`batchSize must be a positive integer, got ${batchSize}.`);
  if (!Number.isSafeInteger(warmUp) || warmUp < 0)
    throw new ArgumentError(`warmUp must be a number of samples, got ${warmUp}.`);
}

/** @throws InputError when a model and its description are of different networks. */
function checkNames(name: string, { inputNames, outputNames }: Session, { inputs, outputs }: ModelDescription): void {
  for (const [what, names, entries] of [
    ['input', inputNames, inputs],
    ['output', outputNames, outputs],
  ] as const) {
    const described = Object.keys(entries);
    if (names.length === described.length && described.every((entry) => names.includes(entry))) continue;
    throw new InputError(
      `${name} has the ${what}s ${names.join(', ')}, but its description says ${described.join(', ')}. Export the model again.`,
    );
  }
}

/**
 * A network that predicts, exported or compiled here. It is also a model for the `Predictor` of `@delira/prediction`: `new Predictor({ models: [model] })`.
 *
 * Calls may overlap; they are done one after the other, each by itself, so that none changes what another gets.
 */
export class InferenceModel {
  #disposed = false;

  private constructor(
    private readonly runner: BatchRunner,
    /** Inputs, outputs, classes, spacing, preprocessing. */
    readonly description: ModelDescription,
    private readonly batchSize: number,
  ) {}

  /**
   * @param model the bytes of an `.onnx` file.
   * @param description what stands beside it: as text nothing in it is trusted.
   * @throws InputError for files that are damaged or do not belong together, EngineError for one that the engine refuses, ArgumentError.
   */
  static async open(
    runtime: Runtime,
    { name, model, description }: { readonly name: string; readonly model: Uint8Array; readonly description: string },
    options: InferenceModelOptions,
    compiled: Pick<EngineInfo, 'flavour' | 'reason'> = {},
  ): Promise<InferenceModel> {
    checkOptions(options);
    const parsed = parseDescription(description);
    const found = { bytes: model.length, crc32: crc32(model) };
    if (found.bytes !== parsed.model.bytes || found.crc32 !== parsed.model.crc32)
      throw new InputError(
        `${name} is damaged, or not the model that its description is of: it has ${found.bytes} bytes with the checksum ${found.crc32}, expected ${parsed.model.bytes} with ${parsed.model.crc32}. Copy both files again, or export them again.`,
      );
    const session = await runtime.queue.add(() => runtime.createSession(name, model));
    const runner = sessionRunner(runtime, session, parsed.network, { ...runtime.info, ...compiled });
    try {
      checkNames(name, session, parsed);
    } catch (error) {
      await runner.dispose();
      throw error;
    }
    return InferenceModel.start(runner, parsed, options);
  }

  /** @param runner what predicts; disposed with the model, or when there is none. @throws ArgumentError, EngineError */
  static async start(
    runner: BatchRunner,
    description: ModelDescription,
    options: InferenceModelOptions,
  ): Promise<InferenceModel> {
    const { batchSize = Infinity, warmUp = 0 } = options;
    try {
      checkOptions(options);
      const model = new InferenceModel(runner, description, batchSize);
      if (warmUp > 0) await model.warmUp(warmUp);
      return model;
    } catch (error) {
      await runner.dispose();
      throw error;
    }
  }

  /** Engine, providers and threads in use, and the flavour of what was compiled here. */
  get info(): EngineInfo {
    return this.runner.info;
  }

  /** What the description says is done to an image `[C, ...spatial]` before the network sees it; float32. @throws InputError */
  prepare(image: NDArray): NDArray<'float32'> {
    return preprocess(image, this.description.preprocessing);
  }

  /**
   * Predictions of a batch, for models with one input and one output, or those named.
   *
   * @param batch `[N, ...]` as the description says.
   * @returns `[N, ...]`.
   * @throws InputError for a batch of another shape or dtype, NotFoundError for an unknown name, EngineError.
   */
  async predict(
    batch: NDArray,
    { input, output }: { readonly input?: string; readonly output?: string } = {},
  ): Promise<NDArray> {
    const wanted = oneOf(Object.keys(this.description.outputs), output, 'output');
    const outputs = await this.run({ [oneOf(Object.keys(this.description.inputs), input, 'input')]: batch });
    return outputs[wanted]!;
  }

  /** All predictions `[N, ...]` for all inputs `[N, ...]`, by name. @throws as `predict`. */
  async run(batch: Sample): Promise<Sample> {
    if (this.#disposed) throw new DisposedError('The model');
    const rows = this.#checkBatch(batch);
    const parts: Sample[] = [];
    for (let start = 0; start < rows; start += this.batchSize) {
      const end = Math.min(start + this.batchSize, rows);
      const part = Object.fromEntries(
        Object.keys(this.description.inputs).map((name) => [name, sliceRows(batch[name]!, start, end)]),
      );
      parts.push(await this.runner.run(part));
    }
    return Object.fromEntries(
      Object.keys(this.description.outputs).map((name) => [name, joinRows(parts.map((part) => part[name]!))]),
    );
  }

  /** Predicts zeros, so that the engine has its memory and its kernels before somebody waits. */
  async warmUp(rows = 1): Promise<void> {
    const { inputs } = this.description;
    await this.run(
      Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, dtype }]) => [name, zeros([rows, ...shape], dtype)]),
      ),
    );
  }

  #checkBatch(batch: Sample): number {
    const { inputs } = this.description;
    const names = Object.keys(inputs);
    for (const name of Object.keys(batch))
      if (!names.includes(name))
        throw new InputError(
          `The model has no input "${name}".${didYouMean(name, names)} It has: ${names.join(', ')}.`,
        );
    let rows: number | undefined;
    for (const [name, { shape, dtype }] of Object.entries(inputs)) {
      const array = batch[name];
      const expected = `[N, ${shape.join(', ')}]`;
      if (array === undefined)
        throw new InputError(
          `The model takes the input "${name}" ${expected}; got: ${Object.keys(batch).join(', ') || 'none'}.`,
        );
      if (array.dtype !== dtype)
        throw new InputError(`The input "${name}" is ${array.dtype}; the model takes ${dtype}. Cast it.`);
      const [count = 0, ...rest] = array.shape;
      if (!sameShape(rest, shape) || count < 1)
        throw new InputError(
          `The input "${name}" has the shape ${formatShape(array.shape)}; the model takes ${expected}. Crop, pad or resize it, or export the model for this size.`,
        );
      rows ??= count;
      if (rows !== count)
        throw new InputError(
          `The input "${name}" has ${count} rows, others have ${rows}. Give one row for each sample.`,
        );
    }
    return rows!;
  }

  /** Frees the engine's memory when the calls made before are done. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.runner.dispose();
  }
}
