import { ArgumentError, InputError, type Sample } from '@delira/core';
import { ProgressBar } from '@delira/logging';
import { loadEntry } from './LazyDataset.js';
import { sampleBytes } from './sampleBytes.js';
import { shareSample } from './shareSample.js';

export interface CacheOptions {
  /** Most bytes that the samples may take together. Default: no limit. */
  readonly memoryLimit?: number;
  /** Shows how far loading is: `true`, the default, on the standard error stream. */
  readonly progress?: boolean | ProgressBar;
  /** How many entries are loaded at once; default 4. */
  readonly concurrency?: number;
  /** Keeps the samples in shared memory, so that worker threads get them without a copy; default `false`. */
  readonly shared?: boolean;
}

/**
 * The samples of every entry, in the order of the entries.
 *
 * @throws InputError naming the entry that cannot be loaded, or with which the memory limit is passed. Nothing goes on loading then.
 */
export async function loadAll<Entry>(
  entries: readonly Entry[],
  load: (entry: Entry, index: number) => readonly Sample[] | Promise<readonly Sample[]>,
  { memoryLimit = Infinity, progress = true, concurrency = 4, shared = false }: CacheOptions,
): Promise<readonly Sample[]> {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    throw new ArgumentError(`concurrency must be a positive integer, got ${concurrency}.`);
  const bar = progress === true ? new ProgressBar() : progress || null;
  const groups: (readonly Sample[])[] = [];
  let [next, loaded, bytes] = [0, 0, 0];
  const work = async (): Promise<void> => {
    while (next < entries.length) {
      const index = next++;
      const loadedSamples = await loadEntry(entries[index]!, index, load);
      const samples = shared ? loadedSamples.map(shareSample) : loadedSamples;
      groups[index] = samples;
      loaded++;
      bytes += samples.reduce((sum, sample) => sum + sampleBytes(sample), 0);
      if (bytes > memoryLimit)
        throw new InputError(
          `${loaded} of ${entries.length} entries take ${bytes} bytes, but memoryLimit is ${memoryLimit}. Raise it, or load samples when they are needed: LazyDataset.`,
        );
      bar?.update(loaded);
    }
  };
  bar?.start({ label: 'Loading samples', total: entries.length });
  const stopping = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      next = entries.length;
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: concurrency }, stopping));
  bar?.finish();
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return groups.flat();
}
