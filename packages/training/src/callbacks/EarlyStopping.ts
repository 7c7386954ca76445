import type { Callback, RunView } from '../Callback.js';
import { checkCount, checkNumber } from '../checkOptions.js';
import { Monitored, type MonitoredOptions } from './Monitored.js';

export interface EarlyStoppingOptions extends MonitoredOptions {
  /** How much better than the best one a value must be to count. Default 0: any improvement counts, an equal value does not. */
  readonly minDelta?: number;
  /** Epochs in a row without improvement that are tolerated; one more stops. Default 0: the first one stops. */
  readonly patience?: number;
}

/**
 * Stops a training whose monitored value no longer gets better. NaN is no improvement. It has no state: it decides from the run's
 * history, so a run that was interrupted stops after the same epoch, and one that has stopped does not go on when it is resumed unless
 * the patience is larger.
 *
 * @throws ArgumentError for an option out of range.
 * @throws NotFoundError before the first step, listing what there is, when there is no such value.
 */
export class EarlyStopping implements Callback {
  readonly #monitored: Monitored;
  readonly #minDelta: number;
  readonly #patience: number;

  constructor({ minDelta = 0, patience = 0, ...monitored }: EarlyStoppingOptions = {}) {
    checkNumber('EarlyStopping', 'minDelta', minDelta, { from: 0 });
    checkCount('EarlyStopping', 'patience', patience);
    this.#monitored = new Monitored(monitored);
    this.#minDelta = minDelta;
    this.#patience = patience;
  }

  monitors(run: RunView): readonly string[] {
    return [this.#monitored.name(run)];
  }

  onTrainBegin(run: RunView): void {
    this.#decide(run);
  }

  onEpochEnd(run: RunView): void {
    this.#monitored.check(run);
    this.#decide(run);
  }

  #decide(run: RunView): void {
    const sign = this.#monitored.better(run) === 'higher' ? 1 : -1;
    let best = -Infinity;
    let waited = 0;
    for (const value of this.#monitored.values(run)) {
      if (sign * value > best + this.#minDelta) {
        best = sign * value;
        waited = 0;
      } else {
        waited++;
      }
    }
    if (waited <= this.#patience) return;
    const atLeast = this.#minDelta === 0 ? '' : ` by more than ${this.#minDelta}`;
    const reason = `${this.#monitored.name(run)} did not get better than ${sign * best}${atLeast} in ${waited} epochs`;
    run.stop(reason, { finished: true });
  }
}
