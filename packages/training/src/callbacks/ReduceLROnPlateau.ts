import { didYouMean, NotFoundError } from '@delira/core';
import type { Callback, RunView } from '../Callback.js';
import { checkCount, checkNumber } from '../checkOptions.js';
import { Monitored, type MonitoredOptions } from './Monitored.js';

export interface ReduceLROnPlateauOptions extends MonitoredOptions {
  /** By what the rate is multiplied; less than 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs in a row without improvement that are tolerated; one more reduces the rate. Default 10. */
  readonly patience?: number;
  /** How much better than the best one a value must be to count. Default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best value or an amount. Default `'rel'`. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The rate never goes below. Default 0. */
  readonly minLR?: number;
  /** A reduction by no more than this is left out. Default 1e-8. */
  readonly eps?: number;
  /** Which rates; default: every optimizer's `lr`, such as `'default.lr'`. */
  readonly hypers?: readonly string[];
}

/**
 * Reduces the learning rate when the monitored value no longer gets better, equal to PyTorch's `ReduceLROnPlateau`. NaN is no
 * improvement. From the first reduction on the rate follows no schedule any more.
 *
 * It has no state: it decides from the run's history, and the rate it sets is in the checkpoint, so a run that was interrupted goes on
 * as if it had not been.
 *
 * @throws ArgumentError for an option out of range.
 * @throws NotFoundError when there is no such rate, and before the first step when there is no such value, listing what there is.
 */
export class ReduceLROnPlateau implements Callback {
  readonly #options: Required<Omit<ReduceLROnPlateauOptions, keyof MonitoredOptions | 'hypers'>>;
  readonly #monitored: Monitored;
  readonly #hypers: readonly string[] | null;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    const { factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'rel', cooldown = 0 } = options;
    const { minLR = 0, eps = 1e-8, hypers = null, ...monitored } = options;
    const name = 'ReduceLROnPlateau';
    checkNumber(name, 'factor', factor, { from: 0, below: 1 });
    checkCount(name, 'patience', patience);
    checkNumber(name, 'threshold', threshold, { from: 0 });
    checkCount(name, 'cooldown', cooldown);
    checkNumber(name, 'minLR', minLR, { from: 0 });
    checkNumber(name, 'eps', eps, { from: 0 });
    this.#options = { factor, patience, threshold, thresholdMode, cooldown, minLR, eps };
    this.#monitored = new Monitored(monitored);
    this.#hypers = hypers;
  }

  monitors(run: RunView): readonly string[] {
    return [this.#monitored.name(run)];
  }

  onTrainBegin({ hyper }: RunView): void {
    const names = Object.keys(hyper);
    const unknown = this.#rates(hyper).find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new NotFoundError(
        `ReduceLROnPlateau: there is no hyper "${unknown}".${didYouMean(unknown, names)} There is: ${names.join(', ')}.`,
      );
    if (this.#rates(hyper).length === 0)
      throw new NotFoundError(
        `ReduceLROnPlateau: no optimizer has a hyper "lr". There is: ${names.join(', ') || 'none'}. Name the rates: hypers: ['…'].`,
      );
  }

  onEpochEnd(run: RunView): void {
    this.#monitored.check(run);
    if (!this.#isDue(run)) return;
    const { factor, minLR, eps } = this.#options;
    for (const name of this.#rates(run.hyper)) {
      const before = run.hyper[name]!;
      const after = Math.max(before * factor, minLR);
      if (before - after > eps) run.hyper[name] = after;
    }
  }

  #rates(hyper: Readonly<Record<string, number>>): readonly string[] {
    return this.#hypers ?? Object.keys(hyper).filter((name) => name.endsWith('.lr'));
  }

  /** Whether the last of the epochs so far is one at whose end the rate is reduced. */
  #isDue(run: RunView): boolean {
    const { patience, cooldown } = this.#options;
    const isHigher = this.#monitored.better(run) === 'higher';
    let best = isHigher ? -Infinity : Infinity;
    let waited = 0;
    let cooling = 0;
    let isDue = false;
    for (const value of this.#monitored.values(run)) {
      if (this.#beats(value, best, isHigher)) {
        best = value;
        waited = 0;
      } else {
        waited++;
      }
      if (cooling > 0) {
        cooling--;
        waited = 0;
      }
      isDue = waited > patience;
      if (isDue) {
        cooling = cooldown;
        waited = 0;
      }
    }
    return isDue;
  }

  #beats(value: number, best: number, isHigher: boolean): boolean {
    const { threshold, thresholdMode } = this.#options;
    if (thresholdMode === 'abs') return isHigher ? value > best + threshold : value < best - threshold;
    return isHigher ? value > best * (1 + threshold) : value < best * (1 - threshold);
  }
}
