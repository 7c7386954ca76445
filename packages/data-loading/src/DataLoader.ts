import { ArgumentError, createRng, InputError, type Sample } from '@delira/core';
import { BatchSampler, type Sampler, SequentialSampler } from '@delira/samplers';
import type { Batch, Loader } from './Batch.js';
import { collate, type Collate } from './collate.js';
import { countRepeats } from './countRepeats.js';
import type { Dataset } from './datasets/Dataset.js';
import { sampleBytes } from './datasets/sampleBytes.js';
import { type BatchParts, type Draw, loadSample, makeBatch, type Transform } from './loadBatch.js';
import type { LoadedPipeline } from './workers/Pipeline.js';
import { WorkerPool } from './workers/WorkerPool.js';

export interface DataLoaderOptions {
  /** May be left out when the pipeline has one. */
  readonly dataset?: Dataset;
  /** Samples per batch. */
  readonly batchSize: number;
  /** The order of the samples; default: a SequentialSampler over the dataset. */
  readonly sampler?: Sampler;
  /** Seed of the transform's randomness; default 0. The sampler has its own. */
  readonly seed?: number;
  /** Leaves out a last batch that is not full; default `false`. */
  readonly dropLast?: boolean;
  /**
   * Runs on every sample. Its Rng depends on (seed, epoch, index in the dataset, how often the epoch drew that index before) and on
   * nothing else: not on the batch size, the order, or where an interrupted epoch was continued.
   */
  readonly transform?: Transform;
  /** Default: stack every key along a new leading axis. */
  readonly collate?: Collate;
  /** Dataset, transform and collate from a module, in place of those options: what workers need. `loadPipeline` makes it. */
  readonly pipeline?: LoadedPipeline;
  /**
   * Threads that make batches; default 0: this thread does. Batches and their order are the same for any number. A dataset in the pipeline is read by the
   * workers; a dataset given here is read by this thread, which sends the samples on (arrays in a `SharedArrayBuffer` are not copied).
   */
  readonly workers?: number;
  /** Batches that each worker makes ahead of what was asked for; default 2. */
  readonly readAhead?: number;
  /** Most bytes of batches that are made ahead, never less than one batch. Default: no limit. */
  readonly memoryLimit?: number;
  /** Seconds after which a worker that is still busy with one batch is given up; default 600. */
  readonly timeout?: number;
}

/**
 * Loads, transforms and batches the samples of a dataset. Holds no position: epochs can be asked for in any order, and at once. With
 * workers, `dispose` ends them; idle ones do not keep the process alive.
 */
export class DataLoader implements Loader {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly batches: number;
  readonly samples: number;
  readonly #sampler: Sampler;
  readonly #parts: BatchParts;
  readonly #pool: WorkerPool | null;
  readonly #pipelineLoads: boolean;
  readonly #readAhead: number;
  readonly #memoryLimit: number;

  /**
   * @throws ArgumentError for an unusable batch size, seed or number of workers, an empty dataset, when `dropLast` leaves no batch, or for
   * workers without a pipeline.
   */
  constructor(options: DataLoaderOptions) {
    const { batchSize, pipeline, seed = 0, dropLast = false, workers = 0, readAhead = 2, timeout = 600 } = options;
    const dataset = pipeline?.dataset ?? options.dataset;
    if (dataset === undefined)
      throw new ArgumentError('A DataLoader needs a dataset, its own or that of its pipeline.');
    checkPipeline(options);
    const sampler: Sampler = options.sampler ?? new SequentialSampler(dataset);
    const batches = new BatchSampler(sampler, { batchSize, dropLast });
    checkPositive('readAhead', readAhead);
    if (!(timeout > 0)) throw new ArgumentError(`timeout must be a number of seconds above 0, got ${timeout}.`);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.batches = batches.length;
    this.samples = dropLast ? batches.length * batchSize : sampler.length;
    this.#sampler = sampler;
    this.#parts = {
      transform: (pipeline ?? options).transform ?? null,
      collate: (pipeline ?? options).collate ?? collate,
      rng: createRng(seed).fork('transform'),
    };
    this.#pipelineLoads = pipeline?.dataset !== undefined;
    this.#readAhead = readAhead * workers;
    this.#memoryLimit = options.memoryLimit ?? Infinity;
    this.#pool =
      workers > 0 && pipeline !== undefined
        ? new WorkerPool({ workers, seed, source: pipeline.source, timeout: 1000 * timeout })
        : null;
  }

  /**
   * @throws ArgumentError for an unusable epoch or batch number.
   * @throws InputError naming the sample when it cannot be loaded, transformed or batched, or when the sampler breaks its contract.
   */
  async *epoch(epoch: number, fromBatch = 0): AsyncGenerator<Batch, void, void> {
    if (!Number.isSafeInteger(epoch) || epoch < 0)
      throw new ArgumentError(`An epoch is counted 0, 1, 2, …; got ${epoch}.`);
    if (!Number.isSafeInteger(fromBatch) || fromBatch < 0 || fromBatch > this.batches) {
      throw new ArgumentError(`An epoch of ${this.batches} batches cannot start from batch ${fromBatch}.`);
    }
    const pool = this.#pool;
    const groups = this.#draws(epoch, fromBatch);
    if (pool === null) {
      for (const draws of groups) yield await this.#here(epoch, draws);
    } else {
      yield* this.#ahead(groups, (draws) => this.#there(pool, epoch, draws));
    }
  }

  /** Ends the workers, if there are any; batches still asked for are refused. */
  async dispose(): Promise<void> {
    await this.#pool?.dispose();
  }

  /** The epoch's indices in groups of a batch. Loads nothing, so skipping batches is cheap. */
  *#draws(epoch: number, fromBatch: number): Iterable<readonly Draw[]> {
    const repeatOf = countRepeats(this.dataset.length, this.samples);
    let left = this.samples;
    let batch = 0;
    let group: Draw[] = [];
    for (const index of this.#sampler.indices(epoch)) {
      if (left === 0) return;
      if (!Number.isInteger(index) || index < 0 || index >= this.dataset.length) {
        throw new InputError(
          `The sampler gave index ${index}, but the dataset has samples 0 to ${this.dataset.length - 1}. Build the sampler from this dataset.`,
        );
      }
      group.push({ index, repeat: repeatOf(index) });
      left--;
      if (group.length === this.batchSize || left === 0) {
        if (batch++ >= fromBatch) yield group;
        group = [];
      }
    }
    if (left > 0)
      throw new InputError(
        `The sampler says it gives ${this.#sampler.length} indices per epoch, but epoch ${epoch} ended ${left} early.`,
      );
  }

  async #here(epoch: number, draws: readonly Draw[]): Promise<Batch> {
    const load = (position: number): Promise<Sample> => loadSample(this.dataset, draws[position]!.index);
    return { sample: await makeBatch(this.#parts, epoch, draws, load), indices: indicesOf(draws) };
  }

  async #there(pool: WorkerPool, epoch: number, draws: readonly Draw[]): Promise<Batch> {
    const samples = this.#pipelineLoads
      ? null
      : await Promise.all(draws.map(({ index }) => loadSample(this.dataset, index)));
    return { sample: await pool.load({ epoch, draws, samples }), indices: indicesOf(draws) };
  }

  /** In order, some ahead of what is asked for; with a memory limit, as many as are as large as the largest so far. */
  async *#ahead(
    groups: Iterable<readonly Draw[]>,
    make: (draws: readonly Draw[]) => Promise<Batch>,
  ): AsyncGenerator<Batch, void, void> {
    const upcoming = groups[Symbol.iterator]();
    const window: Promise<Batch>[] = [];
    let limit = this.#memoryLimit === Infinity ? this.#readAhead : 1;
    let largest = 0;
    for (;;) {
      while (window.length < limit) {
        const batch = nextOf(upcoming, make);
        if (batch === null) break;
        // Whoever awaits it hears of its failure; until then it must not count as unhandled.
        batch.catch(() => undefined);
        window.push(batch);
      }
      const first = window.shift();
      if (first === undefined) return;
      const batch = await first;
      largest = Math.max(largest, sampleBytes(batch.sample));
      if (this.#memoryLimit !== Infinity)
        limit = Math.max(1, Math.min(this.#readAhead, Math.floor(this.#memoryLimit / Math.max(1, largest))));
      yield batch;
    }
  }
}

/** A sampler that fails does so in its turn, after the batches before. */
function nextOf(
  groups: Iterator<readonly Draw[]>,
  make: (draws: readonly Draw[]) => Promise<Batch>,
): Promise<Batch> | null {
  try {
    const next = groups.next();
    return next.done === true ? null : make(next.value);
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function checkPipeline(options: DataLoaderOptions): void {
  const { pipeline, workers = 0 } = options;
  if (!Number.isSafeInteger(workers) || workers < 0)
    throw new ArgumentError(`workers must be 0 or a positive integer, got ${workers}.`);
  if (workers > 0 && pipeline === undefined)
    throw new ArgumentError(
      'Workers cannot be handed functions. Put the transform (and the dataset, if workers are to read it) into a module that exports createPipeline, and give the loader pipeline: await loadPipeline({ module }).',
    );
  if (pipeline !== undefined && (options.transform !== undefined || options.collate !== undefined))
    throw new ArgumentError('A transform or collate beside a pipeline would be passed over. Put it into the pipeline.');
  if (pipeline?.dataset !== undefined && options.dataset !== undefined)
    throw new ArgumentError('The pipeline has a dataset already: leave out the other one.');
}

function checkPositive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
}

function indicesOf(draws: readonly Draw[]): readonly number[] {
  return draws.map(({ index }) => index);
}
