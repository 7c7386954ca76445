import { type BatchSignature, checkBatch, InputError, type InputSpec, type Sample, sliceRows } from '@delira/core';
import type { Batch } from '@delira/data-loading';

/** A batch the network is ready for, with where its samples came from. */
export interface PreparedBatch {
  readonly sample: Sample;
  readonly indices: readonly number[];
  readonly rows: number;
  readonly signature: BatchSignature;
  /** The signature as text: batches with equal ones share a Program. */
  readonly key: string;
}

/** The part of a network that turns a collated batch into its inputs. */
export interface BatchTaker {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  prepareBatch(batch: Sample): Sample;
}

export function signatureOf(batch: Sample): BatchSignature {
  return Object.fromEntries(Object.entries(batch).map(([name, { shape, dtype }]) => [name, { shape, dtype }]));
}

/** @throws InputError naming the dataset's samples when the batch is not what the network takes. */
export function prepareBatch(network: BatchTaker, { sample: raw, indices }: Batch): PreparedBatch {
  const sample = network.prepareBatch(raw);
  try {
    checkBatch(sample, network.inputs);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${cause.message} ${whichSamples(sample, network.inputs, indices)}`, { cause });
  }
  const signature = signatureOf(sample);
  const key = Object.entries(signature)
    .map(([name, { shape, dtype }]) => `${name}:${dtype}[${shape.join()}]`)
    .sort()
    .join(' ');
  return { sample, indices, rows: indices.length, signature, key };
}

function whichSamples(sample: Sample, inputs: BatchTaker['inputs'], indices: readonly number[]): string {
  const faulty = indices.filter((_, row) => {
    try {
      const one = Object.entries(sample).map(([name, array]) => [name, sliceRows(array, row, row + 1)]);
      checkBatch(Object.fromEntries(one) as Sample, inputs);
      return false;
    } catch {
      return true;
    }
  });
  return faulty.length === indices.length
    ? `The batch holds the dataset's samples ${listIndices(indices)}.`
    : `At fault in the dataset: sample ${listIndices(faulty)}.`;
}

/** `3, 17, 4`; no more than the first 32. */
export function listIndices(indices: readonly number[]): string {
  const more = indices.length > 32 ? ` and ${indices.length - 32} more` : '';
  return `${indices.slice(0, 32).join(', ')}${more}`;
}
