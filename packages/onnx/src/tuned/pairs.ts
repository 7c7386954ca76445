import { type Shape, sizeOf, type ValueId } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { gatherRows } from './gatherRows.js';
import type { BlockSize } from './Layout.js';
import { mapsShape } from './maps.js';
import { blockedConv } from './nchwc.js';
import type { TunedStep } from './TunedStep.js';

/** How an array's memory is seen where positions along one of its axes are combined: [outer, B, extent, inner], blocked. */
export type AxisView = readonly [outer: number, block: number, extent: number, inner: number];

/** Blocked activations [N, C, ...spatial] with the first spatial axis apart. */
export function viewOfMaps(shape: Shape, block: BlockSize): AxisView {
  const [batch, channels, extent, ...rest] = shape as [number, number, number, ...number[]];
  const blocks = (batch * channels) / block;
  // Depth is the outermost axis in memory, rows follow the blocks of channels.
  return rest.length === 2 ? [1, block, extent, blocks * sizeOf(rest)] : [blocks, block, extent, sizeOf(rest)];
}

/** A kernel [O, C, ...window] in kernel layout with the first axis of its window apart. */
export function viewOfTaps(shape: Shape, block: BlockSize): AxisView {
  const [outputs, channels, extent, ...rest] = shape as [number, number, number, ...number[]];
  const [outer, inner] = [outputs / block, channels / block];
  return rest.length === 2
    ? [outer, block, extent, inner * sizeOf(rest) * block]
    : [outer * inner, block, extent, sizeOf(rest) * block];
}

interface Combination {
  readonly weights: readonly number[];
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly dilation?: number;
  /** Positions of zeros before and after the axis. Default none. */
  readonly padding?: readonly [number, number];
  /** Columns of zeros that the result gets on both sides. Default none. */
  readonly sides?: readonly [number, number];
}

/** Weighted sums of neighbouring positions: a depthwise convolution, which all threads share and which reads and writes once. */
export function combine(
  graph: GraphBuilder,
  x: OnnxValue,
  [outer, block, extent, inner]: AxisView,
  { weights, stride = 1, dilation = 1, padding = [0, 0], sides = [0, 0] }: Combination,
): OnnxValue {
  const data = Float32Array.from({ length: weights.length * block }, (_, index) => weights[Math.floor(index / block)]!);
  const filter = graph.constant({ dtype: 'float32', shape: [block, 1, weights.length, 1], data });
  const count = Math.floor((extent + padding[0] + padding[1] - dilation * (weights.length - 1) - 1) / stride) + 1;
  return blockedConv(
    graph,
    graph.reshape(x, [outer, block, extent, inner]),
    filter,
    [outer, block, count, inner + sides[0] + sides[1]],
    {
      kernel: [weights.length, 1],
      strides: [stride, 1],
      dilation: [dilation, 1],
      padding: [padding, sides],
      groups: block,
    },
  );
}

/** Every second position along the axis, from `from` on. */
export function everySecond(
  graph: GraphBuilder,
  x: OnnxValue,
  [outer, block, extent, inner]: AxisView,
  from: 0 | 1,
): OnnxValue {
  const rows = graph.reshape(x, [outer * extent, inner * block]);
  const order = Array.from({ length: (outer * extent) / 2 }, (_, pair) => 2 * pair + from);
  return gatherRows(graph, rows, order);
}

/** The inverse: two halves, each every second position of maps of `shape`, which is [N, C, ...spatial]. */
export function joinPairs(
  graph: GraphBuilder,
  halves: readonly [OnnxValue, OnnxValue],
  shape: Shape,
  block: BlockSize,
): OnnxValue {
  const [outer, , extent, inner] = viewOfMaps(shape, block);
  const [count, size] = [(outer * extent) / 2, inner * block];
  const parts = halves.map((half) => graph.reshape(half, [count, size]));
  const joined = graph.node('Concat', parts, [count, 2 * size], { attributes: { axis: 1 } });
  return graph.reshape(joined, mapsShape(shape));
}

/** Positions b, c of pairs and their neighbours a and d, combined as products want them: maps of half the positions, made when asked for. */
export interface Pairs {
  /** b */
  first(): OnnxValue;
  /** c */
  second(): OnnxValue;
  /** (b + c) · scale */
  sum(): OnnxValue;
  /** (c − b) · scale */
  difference(): OnnxValue;
  /** a − c */
  fromBefore(): OnnxValue;
  /** b − d */
  toAfter(): OnnxValue;
}

/** Maps of one of two of the positions along the first spatial axis of [N, C, ...spatial]. */
export function halfShape([batch, channels, extent, ...rest]: Shape): Shape {
  return rest.length === 2 ? [(extent! / 2) * batch!, channels!, ...rest] : [batch!, channels!, extent! / 2, ...rest];
}

export interface PairOptions {
  /** Of sum and difference. Default 1. */
  readonly scale?: number;
  /** Columns of zeros on both sides of maps whose rows are paired. Default none. */
  readonly sides?: readonly [number, number];
}

/** Pairs of positions of a blocked value; what two users ask for with the same options is made once. */
export function pairsOf(step: TunedStep, id: ValueId, { scale = 1, sides = [0, 0] }: PairOptions = {}): Pairs {
  const { graph, block, values } = step;
  const { shape } = step.aval(id);
  const view = viewOfMaps(shape, block);
  const half = halfShape(shape);
  const padded = [...half.slice(0, -1), half.at(-1)! + sides[0] + sides[1]];
  const of = (combination: Combination): OnnxValue =>
    graph.reshape(combine(graph, values.get(id, 'blocked'), view, { stride: 2, sides, ...combination }), padded);
  const once = (name: string, make: () => OnnxValue): OnnxValue =>
    step.remember(`pairs:${name}:${id}:${scale}:${sides.join()}`, make);
  return {
    first: () => graph.reshape(everySecond(graph, values.get(id, 'blocked'), view, 0), half),
    second: () => graph.reshape(everySecond(graph, values.get(id, 'blocked'), view, 1), half),
    sum: () => once('sum', () => of({ weights: [scale, scale] })),
    difference: () => once('difference', () => of({ weights: [-scale, scale] })),
    fromBefore: () => of({ weights: [1, -1], dilation: 2, padding: [1, 0] }),
    toAfter: () => of({ weights: [1, -1], dilation: 2, padding: [0, 1] }),
  };
}
