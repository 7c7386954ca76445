import { type RunPosition, startOfRun } from './RunPosition.js';

/** What changes while a run goes on, besides the variables. */
export class Run {
  position: RunPosition;
  /** How many epochs are asked for. */
  epochs = 0;
  /** Indices of the samples of the step before the position. */
  indices: readonly number[] = [];
  /** Why the training is to end early, or null. */
  stopped: string | null = null;

  constructor(seed: number) {
    this.position = startOfRun(seed);
  }

  /** The first reason counts. */
  stop(reason: string): void {
    this.stopped ??= reason;
  }
}
