import { ArgumentError } from '@delira/core';
import type { Callback, RunView } from '../Callback.js';
import { checkNumber } from '../checkOptions.js';

/** What sysexits.h calls a temporary failure: try again later. */
const TRY_AGAIN = 75;
/** A timer's longest delay, in milliseconds; it would fire at once beyond it. */
const LONGEST_DELAY = 2 ** 31 - 1;

export interface TimeLimitOptions {
  /** Seconds from the process's start, as a scheduler counts them. Leave some for the call under way and for saving. */
  readonly seconds: number;
  /** Code with which the process ends if the training was not finished in time. Default 75. */
  readonly exitCode?: number;
}

/**
 * Stops and saves a training before a scheduler ends its process, and sets the code that the process ends with, so that the scheduler
 * can queue it again: Slurm with `scontrol requeue`, Kubernetes with a `podFailurePolicy`. `fit` returns as after any stop, with
 * `stopped` set; what the program does after it should be short. Give `resume` when there is a checkpoint, and the run goes on as if
 * it had not been interrupted.
 *
 * @throws ArgumentError for an option out of range, and at the training's begin when the trainer has no `savePath`.
 */
export class TimeLimit implements Callback {
  readonly #seconds: number;
  readonly #exitCode: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ seconds, exitCode = TRY_AGAIN }: TimeLimitOptions) {
    checkNumber('TimeLimit', 'seconds', seconds, { from: 0, exclusive: true });
    if (!Number.isInteger(exitCode) || exitCode < 1 || exitCode > 255)
      throw new ArgumentError(
        `TimeLimit: exitCode is ${exitCode}; it must be an integer from 1 to 255, since 0 says that all is done.`,
      );
    this.#seconds = seconds;
    this.#exitCode = exitCode;
  }

  onTrainBegin(run: RunView): void {
    if (run.savePath === null)
      throw new ArgumentError(
        'TimeLimit: the trainer has no savePath, so a run that is queued again would begin anew. Give the trainer a savePath.',
      );
    clearTimeout(this.#timer);
    // It also ends a validation, where no hook runs; the hooks are for an engine that leaves timers no time.
    const left = Math.max(0, 1000 * this.#seconds - performance.now());
    if (left <= LONGEST_DELAY) this.#timer = setTimeout(() => this.#check(run), Math.ceil(left)).unref();
    if (run.epoch < run.epochs) this.#check(run);
  }

  onBatchEnd(run: RunView): void {
    this.#check(run);
  }

  onEpochEnd(run: RunView): void {
    if (run.epoch + 1 < run.epochs) this.#check(run);
  }

  onTrainEnd({ epoch, epochs, stopped }: RunView): void {
    clearTimeout(this.#timer);
    if (stopped === this.#reason && epoch < epochs) process.exitCode = this.#exitCode;
  }

  get #reason(): string {
    return `the time limit of ${this.#seconds} s is reached`;
  }

  #check(run: RunView): void {
    if (performance.now() >= 1000 * this.#seconds) run.stop(this.#reason);
  }
}
