import { ArgumentError, formatShape, sameShape, ShapeError, type Tensor } from '@delira/core';

/** Mean over all elements, their sum, or no reduction. */
export type Reduction = 'mean' | 'sum' | 'none';

/** @throws ArgumentError for a reduction that does not exist. */
export function checkReduction(loss: string, reduction: Reduction): void {
  if (!['mean', 'sum', 'none'].includes(reduction))
    throw new ArgumentError(`${loss}: reduction is "${reduction}"; it must be "mean", "sum" or "none".`);
}

export function reduce(values: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'none') return values;
  return reduction === 'sum' ? values.sum() : values.mean();
}

/** @throws ShapeError unless prediction and target have one shape. */
export function checkSameShape(loss: string, prediction: Tensor, target: Tensor): void {
  if (!sameShape(prediction.shape, target.shape))
    throw new ShapeError(
      `${loss} compares elements: the prediction has shape ${formatShape(prediction.shape)}, the target ${formatShape(target.shape)}. Reshape one of them.`,
    );
}
