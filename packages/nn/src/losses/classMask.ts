import { asTensor, DTypeError, equal, formatShape, ndarray, sameShape, ShapeError, type Tensor } from '@delira/core';

/**
 * [N, C, ...spatial], bool: true where the int32 label [N, ...spatial] is the class. A comparison keeps the channels where they are and
 * takes one byte per element; a label outside of 0 … C − 1 matches no class.
 *
 * @throws ShapeError, DTypeError
 */
export function classMask(loss: string, scores: Tensor, labels: Tensor): Tensor {
  const [rows, classes, ...spatial] = scores.shape;
  if (rows === undefined || classes === undefined || !sameShape(labels.shape, [rows, ...spatial]))
    throw new ShapeError(
      `${loss} takes predictions [N, C, ...spatial] and labels [N, ...spatial], got ${formatShape(scores.shape)} and ${formatShape(labels.shape)}. A label is the number of its class, not a one-hot vector.`,
    );
  if (labels.dtype !== 'int32')
    throw new DTypeError(
      `${loss} takes int32 labels, got ${labels.dtype}. Declare them as int32 in the network's inputs.`,
    );
  const numbers = asTensor(
    ndarray(
      Array.from({ length: classes }, (_, index) => index),
      [1, classes, ...spatial.map(() => 1)],
      'int32',
    ),
  );
  return equal(labels.reshape([rows, 1, ...spatial]), numbers);
}
