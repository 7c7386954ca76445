import type { Backend, NDArray, Optimizer, Sample } from '@delira/core';
import { sgd } from '@delira/optim';
import { createSystem, signatureOf } from './createSystem.js';

/** What this project computed, by torchvision's names. */
export interface Trained {
  /** One loss per step. */
  readonly losses: readonly number[];
  /** Every variable after the last step. */
  readonly state: ReadonlyMap<string, NDArray>;
  /** Of the first batch in evaluation mode, after the last step: [N, classes]. */
  readonly logits: NDArray;
}

export interface TrainHereOptions {
  readonly backend: Backend;
  readonly optimizer: Optimizer;
  readonly batches: readonly Sample[];
  /** Seed of the initial values: those `initialWeights` gives. */
  readonly seed: number;
  /** Steps in one call of the engine. */
  readonly stepsPerCall: number;
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

/** Trains ResNet18 for one step per batch. */
export async function trainHere(options: TrainHereOptions): Promise<Trained> {
  const { backend, batches, stepsPerCall } = options;
  const system = createSystem(options.optimizer);
  const signature = signatureOf(first(batches));
  const step = await backend.compile(system.traceTrain(signature));
  const predict = await backend.compile(system.tracePredict(signature));
  const state = await backend.createState(system.initialState(options.seed));
  const losses: number[] = [];
  for (let start = 0; start < batches.length; start += stepsPerCall) {
    const feeds = batches.slice(start, start + stepsPerCall).map((batch) => ({ batch, hyper: system.hyper }));
    for (const output of await step.run(state, feeds)) losses.push(entry(output, 'loss').data[0] ?? NaN);
  }
  const [prediction] = await predict.run(state, [{ batch: first(batches) }]);
  const trained = { losses, state: await state.read(), logits: entry(prediction, 'pred') };
  await Promise.all([step.dispose(), predict.dispose(), state.dispose()]);
  return trained;
}

export interface BatchGradients {
  readonly loss: number;
  /** By parameter. */
  readonly gradients: ReadonlyMap<string, NDArray>;
}

/** Losses and gradients on each batch, all at the initial values. */
export async function gradientsHere(
  backend: Backend,
  batches: readonly Sample[],
  seed: number,
): Promise<readonly BatchGradients[]> {
  const system = createSystem(sgd({ lr: 0.01 }));
  const executable = await backend.compile(system.traceGradients(signatureOf(first(batches))));
  const state = await backend.createState(system.initialState(seed));
  const results: BatchGradients[] = [];
  for (const batch of batches) {
    // The running statistics move on; gradients in training mode do not depend on them.
    const [output = {}] = await executable.run(state, [{ batch }]);
    const gradients = Object.entries(output)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, gradient]) => [name.slice(PREFIX.length), gradient] as const);
    results.push({ loss: entry(output, 'loss').data[0] ?? NaN, gradients: new Map(gradients) });
  }
  await Promise.all([executable.dispose(), state.dispose()]);
  return results;
}

/** The values every comparison begins with, PyTorch's included. */
export const initialWeights = (seed: number): ReadonlyMap<string, NDArray> => createSystem().initialState(seed);
