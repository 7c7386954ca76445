import { InputError, type Sample } from '@delira/core';
import { checkIndex } from './checkIndex.js';
import { checkTargets } from './checkTargets.js';
import type { Dataset } from './Dataset.js';

/** Makes a sample of what names it: a path, a pair of image and label files, a row of a table. */
export type Load<Entry> = (entry: Entry, index: number) => Sample | Promise<Sample>;

export interface LazyDatasetOptions<Entry> {
  /** What names each sample, in order: `indexFiles` makes such a list of a folder. */
  readonly entries: readonly Entry[];
  readonly load: Load<Entry>;
  /** The class of each sample, where it is known without loading: what stratified splits and weighted samplers read. */
  readonly targets?: ArrayLike<number>;
}

/** Loads a sample each time it is asked for, and keeps none. */
export class LazyDataset<Entry> implements Dataset {
  readonly length: number;
  readonly entries: readonly Entry[];
  readonly targets?: ArrayLike<number>;
  readonly #load: Load<Entry>;

  /** @throws InputError when there are not as many targets as entries. */
  constructor({ entries, load, targets }: LazyDatasetOptions<Entry>) {
    checkTargets(targets, entries.length);
    this.entries = entries;
    this.length = entries.length;
    if (targets !== undefined) this.targets = targets;
    this.#load = load;
  }

  /**
   * @throws ArgumentError when the index is out of range.
   * @throws InputError naming the entry when it cannot be loaded.
   */
  async get(index: number): Promise<Sample> {
    checkIndex(index, this.length, 'the dataset');
    return loadEntry(this.entries[index]!, index, this.#load);
  }
}

/** @throws InputError naming the entry, with what went wrong as its cause. */
export async function loadEntry<Entry, Result>(
  entry: Entry,
  index: number,
  load: (entry: Entry, index: number) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await load(entry, index);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`Entry ${index} (${nameOf(entry)}) could not be loaded: ${reason}`, { cause });
  }
}

const LONGEST_NAME = 200;

function nameOf(entry: unknown): string {
  const text = typeof entry === 'string' ? entry : (JSON.stringify(entry) ?? String(entry));
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}
