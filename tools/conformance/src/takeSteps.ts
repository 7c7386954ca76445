import type { Backend, NDArray, Sample, StateStore } from '@delira/core';
import { createSystem, type Comparison, SEED, signatureOf } from '@delira/interop/models';
import { sgd } from '@delira/optim';
import type { NextStep, Steps } from './Steps.js';

/** How `traceGradients` calls its outputs. */
const PREFIX = 'grad.';
const STEPS = 2;

/** Momentum gives the checkpoint an optimizer's slots; Adam would divide a gradient that is all rounding by its own size. */
const optimizer = (): ReturnType<typeof sgd> => sgd({ lr: 0.01, momentum: 0.9 });

/** Which batches are trained on: the first two, the next two… */
export interface StepsOptions {
  /** Counted from 0. Default 0. */
  readonly round?: number;
}

/** The batches of both steps, the same in every process. */
async function batchesOf(comparison: Comparison, round: number): Promise<readonly [Sample, Sample]> {
  const [first, second] = (await comparison.batches((round + 1) * STEPS)).slice(-STEPS);
  if (first === undefined || second === undefined) throw new Error(`${comparison.label} has no ${STEPS} batches.`);
  return [first, second];
}

const lossesOf = ({ lossNames }: Comparison, output: Sample): ReadonlyMap<string, NDArray> =>
  new Map(
    lossNames.map((name) => {
      const loss = output[name];
      if (loss === undefined) throw new Error(`The step has no output ${name}.`);
      return [name, loss];
    }),
  );

async function gradientsOf(
  comparison: Comparison,
  backend: Backend,
  round: number,
): Promise<Pick<Steps, 'losses' | 'gradients'>> {
  const [batch] = await batchesOf(comparison, round);
  const system = createSystem(comparison, optimizer);
  const executable = await backend.compile(system.traceGradients(signatureOf(batch)));
  const state = await backend.createState(system.initialState(SEED));
  const [output = {}] = await executable.run(state, [{ batch, seed: [SEED, round * STEPS] }]);
  await Promise.all([executable.dispose(), state.dispose()]);
  const gradients = Object.entries(output).flatMap(([name, gradient]) =>
    name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), gradient] as const] : [],
  );
  return { losses: lossesOf(comparison, output), gradients: new Map(gradients) };
}

/** A network on a backend, ready to train on two batches. */
export interface Training {
  /** Losses and gradients at the initial weights, and two steps of training. */
  takeSteps(): Promise<Steps>;
  /** The second step, from a checkpoint that any backend may have written. */
  resume(checkpoint: ReadonlyMap<string, NDArray>): Promise<NextStep>;
  dispose(): Promise<void>;
}

export async function openTraining(
  comparison: Comparison,
  backend: Backend,
  { round = 0 }: StepsOptions = {},
): Promise<Training> {
  const batches = await batchesOf(comparison, round);
  const system = createSystem(comparison, optimizer);
  const executable = await backend.compile(system.traceTrain(signatureOf(batches[0])));
  const createState = (): Promise<StateStore> => backend.createState(system.initialState(SEED));
  const step = async (state: StateStore, index: 0 | 1): Promise<ReadonlyMap<string, NDArray>> => {
    const feeds = { batch: batches[index], hyper: system.hyper, seed: [SEED, round * STEPS + index] } as const;
    const [output = {}] = await executable.run(state, [feeds]);
    return lossesOf(comparison, output);
  };
  return {
    async takeSteps() {
      const initial = await gradientsOf(comparison, backend, round);
      const state = await createState();
      await step(state, 0);
      const afterFirst = await state.read();
      const losses = await step(state, 1);
      const next = { losses, state: await state.read() };
      await state.dispose();
      return { ...initial, state: afterFirst, next };
    },
    async resume(checkpoint) {
      const state = await createState();
      await state.write(checkpoint);
      const losses = await step(state, 1);
      const next = { losses, state: await state.read() };
      await state.dispose();
      return next;
    },
    dispose: () => executable.dispose(),
  };
}

/** In evaluation mode, from a checkpoint of a training. */
export async function predict(
  comparison: Comparison,
  backend: Backend,
  checkpoint: ReadonlyMap<string, NDArray>,
  { round = 0 }: StepsOptions = {},
): Promise<ReadonlyMap<string, NDArray>> {
  const [batch] = await batchesOf(comparison, round);
  const sample = comparison.predicted(batch);
  const system = createSystem(comparison);
  const executable = await backend.compile(system.tracePredict(signatureOf(sample)));
  const initial = system.initialState(SEED);
  const state = await backend.createState(initial);
  // Of the checkpoint, what is not the optimizer's; written, because backends take any dtype there.
  await state.write(new Map([...checkpoint].filter(([name]) => initial.has(name))));
  const [output = {}] = await executable.run(state, [{ batch: sample }]);
  await Promise.all([executable.dispose(), state.dispose()]);
  return new Map(Object.entries(output));
}
