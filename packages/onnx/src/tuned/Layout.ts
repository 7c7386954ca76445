import { type Aval, type NDArray, type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { moveAxes } from './moveAxes.js';
import { NCHWC } from './nchwc.js';

/** Channels the engine keeps side by side: 16 with AVX-512, 8 without. */
export type BlockSize = 8 | 16;

/**
 * How the numbers of a value lie in memory; B is the block size. The nominal shape stays the plain one.
 *
 * - `plain`: row-major.
 * - `blocked`: activations [N, C, H, W] as [N, C/B, H, W, B], [N, C, D, H, W] as [D, N, C/B, H, W, B].
 * - `kernel`: convolution kernels [O, C, ...window] as [O/B, C/B, ...window, B of C, B of O].
 * - `narrowKernel`: kernels of fewer input channels than a block as [O/B, C, ...window, B of O].
 *   In 3D the taps along the depth come before the input's channels in both: they are further channels, see `stackDepth`.
 * - `taps`: kernels as [...window, O, C], one matrix per tap.
 */
export type Layout = 'plain' | 'blocked' | 'kernel' | 'narrowKernel' | 'taps';

/** A layout as a permutation of the axes of the plain array once these are split into `extents`. */
interface AxisOrder {
  readonly extents: Shape;
  readonly perm: readonly number[];
}

export function fitsLayout({ shape, dtype }: Aval, layout: Layout, block: BlockSize): boolean {
  if (layout === 'plain') return true;
  if (dtype !== 'float32' || (shape.length !== 4 && shape.length !== 5)) return false;
  if (layout === 'taps') return shape.length === 4;
  const isWhole = (axis: number): boolean => shape[axis]! % block === 0 && shape[axis]! > 0;
  if (layout === 'blocked') return isWhole(1);
  return isWhole(0) && (layout === 'narrowKernel' || isWhole(1));
}

function axisOrder(shape: Shape, layout: Exclude<Layout, 'plain'>, block: BlockSize): AxisOrder {
  const [first, second, ...window] = shape as [number, number, ...number[]];
  const depth = window.length === 3 ? window[0]! : 1;
  const area = sizeOf(window) / depth;
  switch (layout) {
    case 'blocked':
      return { extents: [first, second / block, block, depth, area], perm: [3, 0, 1, 4, 2] };
    case 'kernel':
      return { extents: [first / block, block, second / block, block, depth, area], perm: [0, 4, 2, 5, 3, 1] };
    case 'narrowKernel':
      return { extents: [first / block, block, second, depth, area], perm: [0, 3, 2, 4, 1] };
    case 'taps':
      return { extents: [first, second, area], perm: [2, 0, 1] };
  }
}

function inverse({ extents, perm }: AxisOrder): AxisOrder {
  return { extents: perm.map((axis) => extents[axis]!), perm: perm.map((_, axis) => perm.indexOf(axis)) };
}

function permute(array: NDArray, { extents, perm }: AxisOrder): NDArray {
  const strides = extents.map((_, axis) => sizeOf(extents.slice(axis + 1)));
  const steps = perm.map((axis) => strides[axis]!);
  const counts = perm.map((axis) => extents[axis]!);
  const data = array.data.slice();
  let written = 0;
  const visit = (depth: number, offset: number): void => {
    const [count, step] = [counts[depth]!, steps[depth]!];
    const isLast = depth === counts.length - 1;
    for (let index = 0; index < count; index++) {
      if (isLast) data[written++] = array.data[offset + index * step]!;
      else visit(depth + 1, offset + index * step);
    }
  };
  visit(0, 0);
  return { ...array, data } as NDArray;
}

/** A plain array in the given layout; shape and dtype stay. */
export function packArray(array: NDArray, layout: Layout, block: BlockSize): NDArray {
  return layout === 'plain' ? array : permute(array, axisOrder(array.shape, layout, block));
}

/** Inverse of `packArray`. */
export function unpackArray(array: NDArray, layout: Layout, block: BlockSize): NDArray {
  return layout === 'plain' ? array : permute(array, inverse(axisOrder(array.shape, layout, block)));
}

function permuteInGraph(graph: GraphBuilder, value: OnnxValue, { extents, perm }: AxisOrder): OnnxValue {
  return graph.reshape(graph.transpose(graph.reshape(value, extents), perm), value.shape);
}

/** [N, C, D, H, W] with the depth as further rows: what the engine's conversions take. */
function withTallMaps({ shape }: OnnxValue): Shape {
  if (shape.length !== 5) return shape;
  const [batch, channels, depth, height, width] = shape as [number, number, number, number, number];
  return [batch, channels, depth * height, width];
}

/** Extents of [N, C/B, D] and of what follows them, in a blocked value. */
function slicesOf({ shape }: OnnxValue, block: BlockSize): readonly [maps: number, depth: number, slice: number] {
  const [batch, channels, depth, height, width] = shape as [number, number, number, number, number];
  return [batch * (channels / block), depth, height * width * block];
}

function blockMaps(graph: GraphBuilder, value: OnnxValue, block: BlockSize): OnnxValue {
  const tall = graph.reshape(value, withTallMaps(value));
  const blocked = graph.node('ReorderInput', [tall], tall.shape, { domain: NCHWC });
  if (value.shape.length !== 5) return blocked;
  return graph.reshape(moveAxes(graph, graph.reshape(blocked, slicesOf(value, block)), [1, 0, 2]), value.shape);
}

function unblockMaps(graph: GraphBuilder, value: OnnxValue, block: BlockSize): OnnxValue {
  const tall = withTallMaps(value);
  let blocked = value;
  if (value.shape.length === 5) {
    const [maps, depth, slice] = slicesOf(value, block);
    blocked = graph.reshape(moveAxes(graph, graph.reshape(value, [depth, maps, slice]), [1, 0, 2]), tall);
  }
  const plain = graph.node('ReorderOutput', [blocked], tall, {
    domain: NCHWC,
    attributes: { channels: value.shape[1]! },
  });
  return graph.reshape(plain, value.shape);
}

/** Operators that bring a plain value into the given layout. */
export function packInGraph(graph: GraphBuilder, value: OnnxValue, layout: Layout, block: BlockSize): OnnxValue {
  if (layout === 'plain') return value;
  if (layout === 'blocked' && value.dtype === 'float32') return blockMaps(graph, value, block);
  return permuteInGraph(graph, value, axisOrder(value.shape, layout, block));
}

/** Operators that bring a value of the given layout back to the plain one. */
export function unpackInGraph(graph: GraphBuilder, value: OnnxValue, layout: Layout, block: BlockSize): OnnxValue {
  if (layout === 'plain') return value;
  if (layout === 'blocked' && value.dtype === 'float32') return unblockMaps(graph, value, block);
  return permuteInGraph(graph, value, inverse(axisOrder(value.shape, layout, block)));
}
