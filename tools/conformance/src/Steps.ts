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

/** What a process tells of one network: its own steps, and how it goes on from the reference's checkpoint. */
export interface Told {
  readonly steps: Steps;
  readonly resumed: NextStep;
}

/** Writes what a process computed, in one file. */
export async function saveTold(path: string, { steps, resumed }: Told): Promise<void> {
  await saveCheckpoint(path, {
    tensors: new Map([
      ...prefixed('loss', steps.losses),
      ...prefixed('gradient', steps.gradients),
      ...prefixed('state', steps.state),
      ...prefixed('nextLoss', steps.next.losses),
      ...prefixed('nextState', steps.next.state),
      ...prefixed('resumedLoss', resumed.losses),
      ...prefixed('resumedState', resumed.state),
    ]),
    meta: null,
  });
}

export async function loadTold(path: string): Promise<Told> {
  const { tensors } = await loadCheckpoint(path);
  return {
    steps: {
      losses: withPrefix('loss', tensors),
      gradients: withPrefix('gradient', tensors),
      state: withPrefix('state', tensors),
      next: { losses: withPrefix('nextLoss', tensors), state: withPrefix('nextState', tensors) },
    },
    resumed: { losses: withPrefix('resumedLoss', tensors), state: withPrefix('resumedState', tensors) },
  };
}
