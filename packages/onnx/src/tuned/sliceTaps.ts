import { type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize, Layout } from './Layout.js';

/** The filter as [blocks, height, width, values of one tap]: the order of all kernel layouts. */
export function tapsInOrder({ shape }: OnnxValue, layout: Layout, block: BlockSize): Shape {
  const [height, width] = shape.slice(2) as [number, number];
  const perTap = layout === 'kernel' ? block * block : block;
  return [sizeOf(shape) / (height * width * perTap), height, width, perTap];
}

/** Part of a filter in kernel layout: `count` taps from `first` along both axes of the window. */
export function sliceTaps(
  graph: GraphBuilder,
  filter: OnnxValue,
  layout: Layout,
  block: BlockSize,
  { first, count }: { readonly first: Shape; readonly count: Shape },
): OnnxValue {
  const last = count.map((extent, axis) => first[axis]! + extent);
  const part = graph.slice(graph.reshape(filter, tapsInOrder(filter, layout, block)), first, last, [1, 2]);
  return graph.reshape(part, [...filter.shape.slice(0, 2), ...count]);
}

/** A filter of few taps as part of a larger one that is zero elsewhere: the inverse of `sliceTaps`. */
export function padTaps(
  graph: GraphBuilder,
  filter: OnnxValue,
  layout: Layout,
  block: BlockSize,
  first: Shape,
  kernel: Shape,
): OnnxValue {
  const [blocks, height, width, perTap] = tapsInOrder(filter, layout, block) as [number, number, number, number];
  const after = [kernel[0]! - first[0]! - height, kernel[1]! - first[1]! - width];
  const padded = graph.node(
    'Pad',
    [graph.reshape(filter, [blocks, height, width, perTap]), graph.int64([0, ...first, 0, 0, ...after, 0])],
    [blocks, ...kernel, perTap],
  );
  return graph.reshape(padded, [...filter.shape.slice(0, 2), ...kernel]);
}
