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

/** A step of training that is ready to run. */
interface Training {
  step(state: StateStore, index: 0 | 1): Promise<ReadonlyMap<string, NDArray>>;
  createState(): Promise<StateStore>;
  dispose(): Promise<void>;
}

async function trainingOf(comparison: Comparison, backend: Backend, round: number): Promise<Training> {
  const batches = await batchesOf(comparison, round);
  const system = createSystem(comparison, optimizer);
  const executable = await backend.compile(system.traceTrain(signatureOf(batches[0])));
  return {
    async step(state, index) {
      const feeds = { batch: batches[index], hyper: system.hyper, seed: [SEED, round * STEPS + index] } as const;
      const [output = {}] = await executable.run(state, [feeds]);
      return lossesOf(comparison, output);
    },
    createState: () => backend.createState(system.initialState(SEED)),
    dispose: () => executable.dispose(),
  };
}

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

/** Losses and gradients at the initial weights, and two steps of training. */
export async function takeSteps(
  comparison: Comparison,
  backend: Backend,
  { round = 0 }: StepsOptions = {},
): Promise<Steps> {
  const initial = await gradientsOf(comparison, backend, round);
  const training = await trainingOf(comparison, backend, round);
  const state = await training.createState();
  await training.step(state, 0);
  const afterFirst = await state.read();
  const losses = await training.step(state, 1);
  const steps = { ...initial, state: afterFirst, next: { losses, state: await state.read() } };
  await Promise.all([training.dispose(), state.dispose()]);
  return steps;
}

/** The second step, from a checkpoint that any backend may have written. */
export async function resumeSteps(
  comparison: Comparison,
  backend: Backend,
  checkpoint: ReadonlyMap<string, NDArray>,
  { round = 0 }: StepsOptions = {},
): Promise<NextStep> {
  const training = await trainingOf(comparison, backend, round);
  const state = await training.createState();
  await state.write(checkpoint);
  const losses = await training.step(state, 1);
  const next = { losses, state: await state.read() };
  await Promise.all([training.dispose(), state.dispose()]);
  return next;
}
