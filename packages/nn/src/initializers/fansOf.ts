import { ArgumentError, formatShape, type Shape } from '@delira/core';

export interface Fans {
  /** Inputs of one output element. */
  readonly fanIn: number;
  /** Outputs one input element goes to. */
  readonly fanOut: number;
}

/**
 * Fans of a weight [out, in / groups, ...kernel], counted as PyTorch does: a transposed convolution's weight [in, out / groups, ...kernel]
 * is read the same way, so its fans are those of the convolution it transposes.
 *
 * @throws ArgumentError for a shape of fewer than two axes.
 */
export function fansOf(shape: Shape): Fans {
  const [first, second, ...kernel] = shape;
  if (first === undefined || second === undefined)
    throw new ArgumentError(`A weight of shape ${formatShape(shape)} has no fans: it needs at least two axes.`);
  const window = kernel.reduce((product, extent) => product * extent, 1);
  return { fanIn: second * window, fanOut: first * window };
}
