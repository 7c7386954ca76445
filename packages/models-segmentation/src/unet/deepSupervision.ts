import { ArgumentError } from '@delira/core';

/**
 * Share of each resolution's loss, the full one first: 1, 1/2, 1/4, … of the decoder's levels, the coarsest left out, and together 1,
 * as nnU-Net weights them (Isensee et al., 2021).
 *
 * @param depth levels of the U-Net.
 * @param weights instead of nnU-Net's, for as many levels as are to be supervised.
 * @throws ArgumentError when there are less than two levels to weight, more than the decoder has, or a weight is not positive.
 */
export function deepSupervisionWeights(depth: number, weights?: readonly number[]): readonly number[] {
  const levels = depth - 1;
  if (weights === undefined && levels < 3)
    throw new ArgumentError(
      `deepSupervision: with depth ${depth} nnU-Net supervises the full resolution only; its coarser levels begin at depth 4. Use more depth, leave it out, or pass weights such as [1, 0.5].`,
    );
  const given = weights ?? Array.from({ length: levels - 1 }, (_, level) => 0.5 ** level);
  if (given.length < 2 || given.length > levels || given.some((weight) => !(weight > 0 && Number.isFinite(weight))))
    throw new ArgumentError(
      `deepSupervision: the weights are [${given.join(', ')}]; expected 2 to ${levels} positive numbers for depth ${depth}, the full resolution's first.`,
    );
  const sum = given.reduce((total, weight) => total + weight, 0);
  return given.map((weight) => weight / sum);
}
