import { type Backend, drawNoise, type Feeds, type NDArray, type Optimizer, type Sample } from '@delira/core';
import { sgd } from '@delira/optim';
import type { Comparison } from '../models/Comparison.js';
import { createSystem, signatureOf } from './createSystem.js';

/** Seed of the initial values and of the noise of all comparisons. */
export const SEED = 1;

/** What this project computed, by the twin's names. */
export interface Trained {
  /** The losses of every step, step after step. */
  readonly losses: readonly number[];
  /** Every variable after the last step. */
  readonly state: ReadonlyMap<string, NDArray>;
  /** In evaluation mode, after the last step. */
  readonly prediction: NDArray;
}

export interface TrainHereOptions {
  readonly backend: Backend;
  readonly optimizer: () => Optimizer;
  readonly batches: readonly Sample[];
  /** Number of the first batch among all: noise depends on it. Default 0. */
  readonly firstBatch?: number;
  /** What to predict from afterwards. */
  readonly predicted: Sample;
  /** Steps in one call of the engine. Default 1. */
  readonly stepsPerCall?: number;
}

/** How `traceGradients` calls its outputs. */
const PREFIX = 'grad.';

const entry = (sample: Sample | undefined, name: string): NDArray => {
  const array = sample?.[name];
  if (array === undefined) throw new Error(`The step has no output ${name}.`);
  return array;
};

const first = (batches: readonly Sample[]): Sample => {
  const [batch] = batches;
  if (batch === undefined) throw new Error('There is no batch to train on.');
  return batch;
};

const lossesOf = ({ lossNames }: Comparison, output: Sample): readonly number[] =>
  lossNames.map((name) => entry(output, name).data[0] ?? NaN);

/** Trains for one step per batch. */
export async function trainHere(comparison: Comparison, options: TrainHereOptions): Promise<Trained> {
  const { backend, batches, predicted, firstBatch = 0, stepsPerCall = 1 } = options;
  const system = createSystem(comparison, options.optimizer);
  const step = await backend.compile(system.traceTrain(signatureOf(first(batches))));
  const predict = await backend.compile(system.tracePredict(signatureOf(predicted)));
  const state = await backend.createState(system.initialState(SEED));
  const feeds = batches.map((batch, index): Feeds => ({
    batch,
    hyper: system.hyper,
    seed: [SEED, firstBatch + index],
  }));
  const losses: number[] = [];
  for (let start = 0; start < feeds.length; start += stepsPerCall) {
    for (const output of await step.run(state, feeds.slice(start, start + stepsPerCall)))
      losses.push(...lossesOf(comparison, output));
  }
  const [prediction] = await predict.run(state, [{ batch: predicted }]);
  const trained = { losses, state: await state.read(), prediction: entry(prediction, comparison.prediction) };
  await Promise.all([step.dispose(), predict.dispose(), state.dispose()]);
  return trained;
}

export interface BatchGradients {
  readonly losses: readonly number[];
  /** By parameter. */
  readonly gradients: ReadonlyMap<string, NDArray>;
}

/** Losses and gradients on each batch, one after the other, all at the initial values. */
export async function* eachGradients(
  comparison: Comparison,
  backend: Backend,
  batches: readonly Sample[],
): AsyncGenerator<BatchGradients> {
  const system = createSystem(comparison, () => sgd({ lr: 0.01 }));
  const executable = await backend.compile(system.traceGradients(signatureOf(first(batches))));
  const state = await backend.createState(system.initialState(SEED));
  for (const [index, batch] of batches.entries()) {
    // The running statistics move on; gradients in training mode do not depend on them.
    const [output = {}] = await executable.run(state, [{ batch, seed: [SEED, index] }]);
    const gradients = Object.entries(output)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, gradient]) => [name.slice(PREFIX.length), gradient] as const);
    yield { losses: lossesOf(comparison, output), gradients: new Map(gradients) };
  }
  await Promise.all([executable.dispose(), state.dispose()]);
}

/** As `eachGradients`, all at once: for small networks. */
export async function gradientsHere(
  comparison: Comparison,
  backend: Backend,
  batches: readonly Sample[],
): Promise<readonly BatchGradients[]> {
  const results: BatchGradients[] = [];
  for await (const result of eachGradients(comparison, backend, batches)) results.push(result);
  return results;
}

/** The values every comparison begins with, PyTorch's included. */
export const initialWeights = (comparison: Comparison): ReadonlyMap<string, NDArray> =>
  createSystem(comparison).initialState(SEED);

/** The numbers that a step of each batch draws, so that PyTorch uses the same; empty for a network without noise. */
export function noiseHere(comparison: Comparison, batches: readonly Sample[]): readonly Sample[] {
  const system = createSystem(comparison, () => sgd({ lr: 0.01 }));
  const program = system.traceTrain(signatureOf(first(batches)));
  return batches.map((_, index) => Object.fromEntries(drawNoise(program, SEED, index)));
}
