import { type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize } from './Layout.js';
import { NCHWC } from './nchwc.js';

/**
 * Blocks of a filter in kernel layout, in the listed order and each transposed: [blocks, B of O, B of C]. One Gather moves whole
 * blocks; the operator that unblocks activations transposes them, which it does fifteen times faster than Transpose.
 */
export function transposedBlocks(
  graph: GraphBuilder,
  filter: OnnxValue,
  order: readonly number[],
  block: BlockSize,
): OnnxValue {
  const blocks = graph.reshape(filter, [sizeOf(filter.shape) / (block * block), block, block]);
  const gathered = graph.node('Gather', [blocks, graph.int64(order)], [order.length, block, block]);
  const asMaps = graph.reshape(gathered, [order.length, block, block, 1]);
  return graph.node('ReorderOutput', [asMaps], asMaps.shape, {
    domain: NCHWC,
    attributes: { channels: block },
  });
}

/**
 * A filter [O, C, ...window] in kernel layout as [C, O, ...taps] in kernel layout, with the listed taps in the listed order.
 */
export function transposedFilter(
  graph: GraphBuilder,
  filter: OnnxValue,
  rows: Shape,
  columns: Shape,
  block: BlockSize,
): OnnxValue {
  const [outputs, channels, height, width] = filter.shape as [number, number, number, number];
  const [outputBlocks, channelBlocks] = [outputs / block, channels / block];
  const order: number[] = [];
  for (let channel = 0; channel < channelBlocks; channel++) {
    for (let output = 0; output < outputBlocks; output++) {
      for (const row of rows) {
        for (const column of columns) order.push(((output * channelBlocks + channel) * height + row) * width + column);
      }
    }
  }
  const transposed = transposedBlocks(graph, filter, order, block);
  return graph.reshape(transposed, [channels, outputs, rows.length, columns.length]);
}
