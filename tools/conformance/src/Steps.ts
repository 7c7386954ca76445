import type { NDArray } from '@delira/core';
import { loadCheckpoint, saveCheckpoint } from '@delira/io';

/** What follows a state of training. */
export interface NextStep {
  /** By name, scalars. */
  readonly losses: ReadonlyMap<string, NDArray>;
  /** Every variable after the step. */
  readonly state: ReadonlyMap<string, NDArray>;
}

/** The first two steps of a network. */
export interface Steps {
  /** Losses at the initial weights. */
  readonly losses: ReadonlyMap<string, NDArray>;
  /** At the initial weights, by parameter. */
  readonly gradients: ReadonlyMap<string, NDArray>;
  /** Every variable after the first step: the checkpoint that moves to another backend. */
  readonly state: ReadonlyMap<string, NDArray>;
  readonly next: NextStep;
}

const prefixed = (prefix: string, arrays: ReadonlyMap<string, NDArray>): readonly (readonly [string, NDArray])[] =>
  [...arrays].map(([name, array]) => [`${prefix}:${name}`, array]);

const withPrefix = (prefix: string, arrays: ReadonlyMap<string, NDArray>): ReadonlyMap<string, NDArray> =>
  new Map(
    [...arrays].flatMap(([name, array]) =>
      name.startsWith(`${prefix}:`) ? [[name.slice(prefix.length + 1), array] as const] : [],
    ),
  );

/** What only engines that train have. */
export interface Trained {
  readonly steps: Steps;
  /** How the engine goes on from the reference's checkpoint. */
  readonly resumed: NextStep;
}

/** What a process tells of one network. */
export interface Told {
  /** Null for an engine that only predicts. */
  readonly trained: Trained | null;
  /** By output, in evaluation mode, from the reference's checkpoint. */
  readonly predictions: ReadonlyMap<string, NDArray>;
}

/** Writes what a process computed, in one file. */
export async function saveTold(path: string, { trained, predictions }: Told): Promise<void> {
  const training =
    trained === null
      ? []
      : [
          ...prefixed('loss', trained.steps.losses),
          ...prefixed('gradient', trained.steps.gradients),
          ...prefixed('state', trained.steps.state),
          ...prefixed('nextLoss', trained.steps.next.losses),
          ...prefixed('nextState', trained.steps.next.state),
          ...prefixed('resumedLoss', trained.resumed.losses),
          ...prefixed('resumedState', trained.resumed.state),
        ];
  await saveCheckpoint(path, { tensors: new Map([...training, ...prefixed('prediction', predictions)]), meta: null });
}

export async function loadTold(path: string): Promise<Told> {
  const { tensors } = await loadCheckpoint(path);
  const [losses, predictions] = [withPrefix('loss', tensors), withPrefix('prediction', tensors)];
  if (losses.size === 0) return { trained: null, predictions };
  const steps: Steps = {
    losses,
    gradients: withPrefix('gradient', tensors),
    state: withPrefix('state', tensors),
    next: { losses: withPrefix('nextLoss', tensors), state: withPrefix('nextState', tensors) },
  };
  const resumed = { losses: withPrefix('resumedLoss', tensors), state: withPrefix('resumedState', tensors) };
  return { trained: { steps, resumed }, predictions };
}
