import { ArgumentError, type Json, type NDArray, ndarray, type Sample } from '@delira/core';
import type { Loader } from '@delira/data-loading';
import { saveCheckpoint } from '@delira/io';
import { join } from 'node:path';

export interface RunExport {
  /** First values of the network's variables. */
  readonly variables: ReadonlyMap<string, NDArray>;
  /** What patches are taken of. */
  readonly train: Sample;
  /** What the trained network is tested on. */
  readonly test: Sample;
  /** Gives the batches of all epochs, each with an entry `patch`. */
  readonly loader: Loader;
  readonly epochs: number;
  /** Learning rate of a step, counted from 0. */
  readonly schedule: (step: number) => number;
  /** What else another program needs to know. */
  readonly config: Json;
}

/**
 * Writes what a twin of this run in another program needs to see the same batches: `initial.safetensors` with the first weights, and
 * `data.safetensors` with `train.*` and `test.*`, the `learningRates` [steps] and the `patches` [steps, N, …]: of each the number of its
 * sample, where it begins on each axis, and 1 if it is mirrored along the last one. The config stands in the metadata, as JSON in `meta`.
 */
export async function exportRun(folder: string, run: RunExport): Promise<void> {
  const patches: number[] = [];
  let rows = 0;
  let width = 0;
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    for await (const { sample, indices } of run.loader.epoch(epoch)) {
      const { patch } = sample;
      if (patch === undefined)
        throw new ArgumentError('Only batches of randomPatch can be exported: there is no patch.');
      rows = indices.length;
      width = patch.shape[1]!;
      indices.forEach((index, row) => patches.push(index, ...patch.data.subarray(row * width, (row + 1) * width)));
    }
  }
  const steps = run.epochs * run.loader.batches;
  const rates = Float64Array.from({ length: steps }, (_, step) => run.schedule(step));
  const named = (prefix: string, sample: Sample): readonly (readonly [string, NDArray])[] =>
    Object.entries(sample).map(([key, array]) => [`${prefix}.${key}`, array]);
  await saveCheckpoint(join(folder, 'initial.safetensors'), { tensors: run.variables, meta: null });
  await saveCheckpoint(join(folder, 'data.safetensors'), {
    tensors: new Map([
      ...named('train', run.train),
      ...named('test', run.test),
      ['patches', ndarray(patches, [steps, rows, width + 1], 'int32')],
      ['learningRates', ndarray(rates, [steps], 'float64')],
    ]),
    meta: run.config,
  });
}
