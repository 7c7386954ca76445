import type { Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize } from './Layout.js';
import { NCHWC } from './nchwc.js';

/**
 * A filter [O, C, ...window] in kernel layout as [C, O, ...taps] in kernel layout, with the listed taps in the listed order. One
 * Gather moves whole blocks; the operator that unblocks activations transposes them, which it does fifteen times faster than Transpose.
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
  const blocks = graph.reshape(filter, [outputBlocks * channelBlocks * height * width, block, block]);
  const gathered = graph.node('Gather', [blocks, graph.int64(order)], [order.length, block, block]);
  const asMaps = graph.reshape(gathered, [order.length, block, block, 1]);
  const transposed = graph.node('ReorderOutput', [asMaps], asMaps.shape, {
    domain: NCHWC,
    attributes: { channels: block },
  });
  return graph.reshape(transposed, [channels, outputs, rows.length, columns.length]);
}
