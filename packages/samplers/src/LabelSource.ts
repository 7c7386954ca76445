import { ArgumentError, InputError, type Sample } from '@delira/core';

/** What `fromDataset` reads labels from: any dataset of `@delira/data-loading`. */
export interface LabelSource {
  readonly length: number;
  /** The class of each sample, known without loading it. */
  readonly targets?: ArrayLike<number>;
  get(index: number): Sample | Promise<Sample>;
}

export interface LabelKeyOptions {
  /**
   * The entry of a sample that holds its class, one number. Default: the dataset's `targets`, which loads nothing; a dataset without them
   * is loaded once, sample by sample, for its `'label'`.
   */
  readonly key?: string;
}

/**
 * The class of every sample.
 *
 * @throws InputError naming the sample whose entry is missing or is not one number.
 */
export async function labelsOf(dataset: LabelSource, { key }: LabelKeyOptions = {}): Promise<ArrayLike<number>> {
  if (key === undefined && dataset.targets !== undefined) return dataset.targets;
  const name = key ?? 'label';
  const labels = new Float64Array(dataset.length);
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index);
    const entry = sample[name];
    if (entry === undefined)
      throw new InputError(
        `Sample ${index} has no entry "${name}" to take its class from. It has ${Object.keys(sample).join(', ') || 'none'}: name one with the option key.`,
      );
    if (entry.data.length !== 1)
      throw new InputError(
        `The class of a sample is one number, but "${name}" of sample ${index} has ${entry.data.length} values. Name another entry with the option key.`,
      );
    labels[index] = entry.data[0]!;
  }
  return labels;
}

/**
 * The indices of each class, the largest class first; classes of equal size in the order in which they first appear.
 *
 * @throws ArgumentError when there is no label, or one is not a finite number.
 */
export function groupByClass(labels: ArrayLike<number>): readonly Int32Array[] {
  const groups = new Map<number, number[]>();
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!;
    if (!Number.isFinite(label))
      throw new ArgumentError(`A class is a finite number, but sample ${index} has ${label}.`);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [index]);
    else group.push(index);
  }
  if (groups.size === 0) throw new ArgumentError('A sampler has nothing to draw from: there are no labels.');
  return [...groups.values()].sort((a, b) => b.length - a.length).map((group) => Int32Array.from(group));
}
