import type { Sample } from '@delira/core';
import { checkIndex } from './checkIndex.js';
import { checkTargets } from './checkTargets.js';
import type { Dataset } from './Dataset.js';
import type { LazyDatasetOptions } from './LazyDataset.js';
import { type CacheOptions, loadAll } from './loadAll.js';
import { sampleBytes } from './sampleBytes.js';

/**
 * Samples that are loaded once and kept in memory. `get` gives the same arrays every time: whoever changes them copies them first.
 */
export class CacheDataset implements Dataset {
  readonly length: number;
  /** What the samples take, in bytes. */
  readonly bytes: number;
  readonly targets?: ArrayLike<number>;
  readonly #samples: readonly Sample[];

  /** @throws InputError when there are not as many targets as samples. */
  constructor(samples: readonly Sample[], targets?: ArrayLike<number>) {
    checkTargets(targets, samples.length);
    this.#samples = samples;
    this.length = samples.length;
    this.bytes = samples.reduce((sum, sample) => sum + sampleBytes(sample), 0);
    if (targets !== undefined) this.targets = targets;
  }

  /**
   * Loads every entry.
   *
   * @throws InputError naming the entry that cannot be loaded, or with which the memory limit is passed.
   */
  static async load<Entry>(options: LazyDatasetOptions<Entry> & CacheOptions): Promise<CacheDataset> {
    const { entries, load, targets } = options;
    checkTargets(targets, entries.length);
    return new CacheDataset(
      await loadAll(entries, async (entry, index) => [await load(entry, index)], options),
      targets,
    );
  }

  /**
   * Loads every sample of another dataset and takes over its targets.
   *
   * @throws InputError as `load` does.
   */
  static from(dataset: Dataset, options: CacheOptions = {}): Promise<CacheDataset> {
    const { length, targets } = dataset;
    return CacheDataset.load({
      ...options,
      entries: Array.from({ length }, (_, index) => index),
      load: (index) => dataset.get(index),
      ...(targets === undefined ? {} : { targets }),
    });
  }

  /** @throws ArgumentError when the index is out of range. */
  get(index: number): Sample {
    checkIndex(index, this.length, 'the dataset');
    return this.#samples[index]!;
  }
}
