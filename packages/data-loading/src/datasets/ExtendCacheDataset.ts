import type { Sample } from '@delira/core';
import { CacheDataset } from './CacheDataset.js';
import { type CacheOptions, loadAll } from './loadAll.js';

export interface ExtendCacheDatasetOptions<Entry> extends CacheOptions {
  readonly entries: readonly Entry[];
  /** Gives all samples of an entry: the slices of a volume, for instance. */
  readonly load: (entry: Entry, index: number) => readonly Sample[] | Promise<readonly Sample[]>;
}

/** A cache of entries that hold several samples each; the samples follow each other in the order of the entries. */
export const ExtendCacheDataset = {
  /** @throws InputError naming the entry that cannot be loaded, or with which the memory limit is passed. */
  async load<Entry>(options: ExtendCacheDatasetOptions<Entry>): Promise<CacheDataset> {
    return new CacheDataset(await loadAll(options.entries, options.load, options));
  },
};
