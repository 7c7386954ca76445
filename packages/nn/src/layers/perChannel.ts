import { formatShape, ShapeError, type Tensor } from '@delira/core';

/** A value per channel, shaped to broadcast over x [N, C, ...spatial] of the rank given. */
export function perChannel(value: Tensor, rank: number): Tensor {
  return value.reshape([1, value.shape[0]!, ...new Array<number>(rank - 2).fill(1)]);
}

/** @throws ShapeError unless x is [N, channels, ...spatial] with a number of spatial axes among `spatialRanks`. */
export function checkChannels(
  layer: string,
  x: Tensor,
  channels: number,
  spatialRanks: readonly number[] = [0, 1, 2, 3],
): void {
  if (x.shape[1] === channels && spatialRanks.includes(x.shape.length - 2)) return;
  const expected = spatialRanks
    .map((rank) => `[N, ${channels}${', ?'.repeat(rank)}]`)
    .join(spatialRanks.length > 2 ? ', ' : ' or ');
  throw new ShapeError(
    `${layer} takes an input of shape ${expected}, got ${formatShape(x.shape)}. Build the layer for this input, or reshape it.`,
  );
}
