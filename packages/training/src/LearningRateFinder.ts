import { ArgumentError, didYouMean, NotFoundError, type StateStore, type TensorsOf } from '@delira/core';
import type { Loader } from '@delira/data-loading';
import { checkNumber } from './checkOptions.js';
import type { HyperValues } from './HyperValues.js';
import { type BatchTaker, type PreparedBatch, prepareBatch } from './PreparedBatch.js';
import type { RunPosition } from './RunPosition.js';
import { runSteps } from './runSteps.js';
import { scalarsOf } from './ScalarMeans.js';
import type { TrainSteps } from './TrainSteps.js';

export interface LearningRateFinderOptions {
  /** Which rate; default: the only one there is. */
  readonly hyper?: string;
  /** Which scalar of a step is the loss; default `'loss'`, the sum of all losses. */
  readonly loss?: string;
  /** The first rate tried. Default 1e-8. */
  readonly minimum?: number;
  /** The last one. Default 1. */
  readonly maximum?: number;
  /** Steps in all, a batch each. Default 100. */
  readonly steps?: number;
  /** Whether the rates are evenly spaced on a logarithmic scale or on a linear one. Default `'exponential'`. */
  readonly mode?: 'exponential' | 'linear';
  /** Ends when the smoothed loss is more than so many times the lowest one; Infinity for never. Default 4. */
  readonly stopFactor?: number;
  /** How many of the first and of the last rates the suggestion leaves out. Default 10 and 1. */
  readonly skipBegin?: number;
  readonly skipEnd?: number;
}

export interface LearningRates {
  /** The rates tried. */
  readonly rates: readonly number[];
  /** The loss of each step, smoothed. */
  readonly losses: readonly number[];
  /** Where the smoothed loss falls fastest; null when too few steps were made to tell. */
  readonly suggestion: number | null;
}

/** Share of the past in the smoothed loss. */
const MOMENTUM = 0.98;

/** Tries growing learning rates on batch after batch, and looks where the loss falls fastest. */
export class LearningRateFinder<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  constructor(
    private readonly network: BatchTaker,
    private readonly steps: TrainSteps<B, P>,
    private readonly hypers: HyperValues,
  ) {}

  /**
   * Changes the state.
   *
   * @param position where the run is; it stays there.
   * @throws ArgumentError
   * @throws NotFoundError when a step gives no such loss, listing what it gives.
   */
  async find(
    loader: Loader,
    state: StateStore,
    position: RunPosition,
    options: LearningRateFinderOptions,
  ): Promise<LearningRates> {
    const { minimum = 1e-8, maximum = 1, steps = 100, stopFactor = 4, skipBegin = 10, skipEnd = 1 } = options;
    const { loss: wanted = 'loss' } = options;
    const name = this.#hyperOf(options.hyper);
    const rateAt = schedule({ minimum, maximum, steps, mode: options.mode ?? 'exponential' });
    const rates: number[] = [];
    const losses: number[] = [];
    let average = 0;
    let lowest = Infinity;
    for await (const batch of batchesOf(loader, this.network)) {
      const rate = rateAt(rates.length);
      const { executable, scalars } = await this.steps.compile(batch);
      if (!scalars.includes(wanted)) throw noSuchLoss(wanted, scalars);
      const step = position.step + rates.length;
      const hyper = this.hypers.at({ ...position, step }, { ...position.hyper, [name]: rate });
      const feeds = [{ batch: batch.sample, hyper, seed: [position.seed, step] as const }];
      const [output] = (await runSteps(executable, state, feeds, scalars)).outputs;
      // A loss that is not finite is how a rate shows that it is too high.
      if (output === undefined) break;
      const loss = scalarsOf(output)[wanted]!;
      average = MOMENTUM * average + (1 - MOMENTUM) * loss;
      const smoothed = average / (1 - MOMENTUM ** (rates.length + 1));
      rates.push(rate);
      losses.push(smoothed);
      if (rates.length > 1 && smoothed > stopFactor * lowest) break;
      lowest = Math.min(lowest, smoothed);
      if (rates.length === steps) break;
    }
    return { rates, losses, suggestion: suggest(rates, losses, skipBegin, skipEnd) };
  }

  /** @throws ArgumentError listing the rates when it is not clear which one is meant. */
  #hyperOf(wanted: string | undefined): string {
    const { names } = this.hypers;
    const candidates = wanted === undefined ? names.filter((name) => name.endsWith('.lr')) : [wanted];
    const [name, other] = candidates;
    if (name === undefined || other !== undefined || !names.includes(name))
      throw new ArgumentError(
        `${wanted === undefined ? 'Say which rate is looked for' : `There is no hyper "${wanted}"`}: there is ${names.join(', ') || 'none'}. Name one: { hyper: 'default.lr' }.`,
      );
    return name;
  }
}

function noSuchLoss(wanted: string, scalars: readonly string[]): NotFoundError {
  return new NotFoundError(
    `A training step gives no "${wanted}" to look at.${didYouMean(wanted, scalars)} It gives: ${scalars.join(', ')}. Name one by the option loss.`,
  );
}

/** The rate of each step. */
function schedule(
  options: Required<Pick<LearningRateFinderOptions, 'minimum' | 'maximum' | 'steps' | 'mode'>>,
): (step: number) => number {
  const { minimum, maximum, steps, mode } = options;
  const owner = 'findLearningRate';
  checkNumber(owner, 'minimum', minimum, { from: 0, exclusive: true });
  checkNumber(owner, 'maximum', maximum, { from: minimum, exclusive: true });
  if (!Number.isSafeInteger(steps) || steps < 2)
    throw new ArgumentError(`${owner}: steps is ${steps}; it must be an integer of at least 2.`);
  return (step) => {
    const progress = step / (steps - 1);
    return mode === 'exponential'
      ? minimum * (maximum / minimum) ** progress
      : minimum + (maximum - minimum) * progress;
  };
}

/** Epoch after epoch, full batches only. */
async function* batchesOf(loader: Loader, network: BatchTaker): AsyncGenerator<PreparedBatch, void, void> {
  for (let epoch = 0; ; epoch++) {
    let rows = 0;
    for await (const batch of loader.epoch(epoch)) {
      if (batch.indices.length < rows) continue;
      rows = batch.indices.length;
      yield prepareBatch(network, batch);
    }
    if (rows === 0) return;
  }
}

/** The rate at the steepest descent: the least of the central differences of the losses, as `numpy.gradient` gives them. */
export function suggest(
  rates: readonly number[],
  losses: readonly number[],
  skipBegin: number,
  skipEnd: number,
): number | null {
  const kept = losses.slice(skipBegin, Math.max(skipBegin, losses.length - skipEnd));
  if (kept.length < 2) return null;
  const slopes = kept.map((_, position) => {
    const before = Math.max(0, position - 1);
    const after = Math.min(kept.length - 1, position + 1);
    return (kept[after]! - kept[before]!) / (after - before);
  });
  return rates[skipBegin + slopes.indexOf(Math.min(...slopes))]!;
}
