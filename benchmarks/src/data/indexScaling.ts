import type { Sample } from '@delira/core';
import { ConcatDataset, DataLoader, LazyDataset, Subset } from '@delira/data-loading';
import { RandomSampler } from '@delira/samplers';
import { median } from '../statistics.js';

/** What a sample costs beside loading it, with this many entries. */
export interface IndexCost {
  readonly entries: number;
  /** Nanoseconds of CPU time for each sample. */
  readonly nanoseconds: number;
}

/** Samples that are read: of a short dataset in several epochs, so that all sizes read as many. */
const SAMPLES = 100_000;
const PARTS = 100;

const sample: Sample = { data: { dtype: 'float32', shape: [1], data: new Float32Array(1) } };

/** A subset of a hundred concatenated datasets, in random order: every view there is, and nothing to load. */
const createLoader = (entries: number): DataLoader => {
  const part = Array.from({ length: entries / PARTS }, (_, index) => `case ${index}`);
  const parts = Array.from({ length: PARTS }, () => new LazyDataset({ entries: part, load: () => sample }));
  const all = new ConcatDataset(parts);
  const dataset = new Subset(
    all,
    Array.from({ length: entries }, (_, index) => entries - 1 - index),
  );
  return new DataLoader({ dataset, batchSize: 100, sampler: new RandomSampler(dataset, { seed: 1 }) });
};

const measure = async (loader: DataLoader, entries: number): Promise<number> => {
  const samples = Math.max(SAMPLES, entries);
  const before = process.cpuUsage();
  for (let epoch = 0; epoch < samples / entries; epoch++) for await (const batch of loader.epoch(epoch)) void batch;
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / samples;
};

/** Cost per sample of whole epochs for each number of entries, the median of rounds that take turns. */
export async function indexScaling(sizes: readonly number[], rounds: number): Promise<readonly IndexCost[]> {
  const loaders = sizes.map((entries) => ({ entries, loader: createLoader(entries), costs: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { entries, loader, costs } of loaders) {
      const cost = await measure(loader, entries);
      if (round >= 0) costs.push(cost);
    }
  }
  return loaders.map(({ entries, costs }) => ({ entries, nanoseconds: Math.round(median(costs)) }));
}
