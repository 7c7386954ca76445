import type { StopOptions } from './Callback.js';
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
  /** Whether it ends early because nothing is left to do. */
  isFinished = false;

  constructor(seed: number) {
    this.position = startOfRun(seed);
  }

  /** The first reason counts. */
  stop(reason: string, { finished = false }: StopOptions = {}): void {
    if (this.stopped !== null) return;
    this.stopped = reason;
    this.isFinished = finished;
  }

  /** Begins anew, to train to so many epochs. */
  begin(epochs: number): void {
    this.stopped = null;
    this.isFinished = false;
    this.epochs = epochs;
  }
}
