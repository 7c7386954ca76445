import type { Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize } from './Layout.js';

/** Widest maps whose batch is laid side by side: the engine's kernel works on rows, and is slow on short ones. */
export const WIDEST_STACKED = 4;

/** The maps of a batch side by side in one wide map, [1, C, H, N · (W + gap)], with `gap` columns of zeros after each. */
export function stackMaps(graph: GraphBuilder, x: OnnxValue, gap: number, block: BlockSize): OnnxValue {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const pitch = width + gap;
  const split = graph.reshape(x, [batch, channels / block, height, width * block]);
  const spaced =
    gap === 0
      ? split
      : graph.node(
          'Pad',
          [split, graph.int64([0, 0, 0, 0, 0, 0, 0, gap * block])],
          [batch, channels / block, height, pitch * block],
        );
  return graph.reshape(graph.transpose(spaced, [1, 2, 0, 3]), [1, channels, height, batch * pitch]);
}

/** The inverse of `stackMaps`: [N, C, H, W] without the gaps. */
export function unstackMaps(graph: GraphBuilder, wide: OnnxValue, shape: Shape, block: BlockSize): OnnxValue {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const pitch = wide.shape[3]! / batch;
  const apart = graph.reshape(wide, [channels / block, height, batch, pitch * block]);
  const maps = graph.slice(apart, [0], [width * block], [3]);
  return graph.reshape(graph.transpose(maps, [2, 0, 1, 3]), shape);
}
