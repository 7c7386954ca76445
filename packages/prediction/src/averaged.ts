import { allocate, ArgumentError, formatShape, type NDArray, sameShape, ShapeError } from '@delira/core';
import { activate, type Activation } from './activate.js';
import { flip } from './flip.js';
import type { PredictFunction } from './PredictionModel.js';

export interface AveragedOptions {
  /** What is done to the scores before they are averaged; default `'none'`. */
  readonly activation?: Activation;
  /** Spatial axes, counted from 0, that images are mirrored along: all combinations are predicted. Default none. */
  readonly mirrorAxes?: readonly number[];
}

/** The mean of several models' predictions, of mirrored images mirrored back (nnU-Net's test-time augmentation). */
export function averaged(models: readonly PredictFunction[], options: AveragedOptions = {}): PredictFunction {
  const { activation = 'none', mirrorAxes = [] } = options;
  if (models.length === 0) throw new ArgumentError('There is no model to predict with. Give at least one.');
  if (new Set(mirrorAxes).size < mirrorAxes.length || mirrorAxes.some((axis) => !Number.isInteger(axis) || axis < 0))
    throw new ArgumentError(`mirrorAxes are different spatial axes, counted from 0; got ${formatShape(mirrorAxes)}.`);
  const mirrorings = subsetsOf(mirrorAxes);
  return async (batch) => {
    const spatial = batch.shape.length - 2;
    const absent = mirrorAxes.find((axis) => axis >= spatial);
    if (absent !== undefined)
      throw new ArgumentError(`Images of ${spatial} spatial axes have no axis ${absent} to mirror along.`);
    let sum: NDArray | null = null;
    for (const axes of mirrorings) {
      const inputAxes = axes.map((axis) => axis + 2);
      const images = flip(batch, inputAxes);
      for (const predict of models) {
        const scores = activate(await predict(images), activation);
        // A prediction without spatial axes, such as a class, has nothing to mirror back.
        sum = added(sum, scores.shape.length > 2 ? flip(scores, inputAxes) : scores);
      }
    }
    return divided(sum!, mirrorings.length * models.length);
  };
}

function subsetsOf(axes: readonly number[]): readonly (readonly number[])[] {
  return axes.reduce<readonly (readonly number[])[]>(
    (subsets, axis) => [...subsets, ...subsets.map((subset) => [...subset, axis])],
    [[]],
  );
}

function added(sum: NDArray | null, array: NDArray): NDArray {
  if (sum === null) return array;
  if (!sameShape(sum.shape, array.shape))
    throw new ShapeError(
      `Predictions of shapes ${formatShape(sum.shape)} and ${formatShape(array.shape)} have no mean. The models of an ensemble predict the same classes; images that are mirrored along both of two axes keep their shape.`,
    );
  const data = allocate(sum.dtype, sum.data.length);
  for (let i = 0; i < data.length; i++) data[i] = sum.data[i]! + array.data[i]!;
  return { ...sum, data };
}

function divided(sum: NDArray, count: number): NDArray {
  if (count === 1) return sum;
  const data = allocate(sum.dtype, sum.data.length);
  for (let i = 0; i < data.length; i++) data[i] = sum.data[i]! / count;
  return { ...sum, data };
}
