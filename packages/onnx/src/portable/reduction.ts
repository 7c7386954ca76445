import { isFloating, type NoAttrs, type Primitives, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { castTo } from './elementwise.js';
import { sumInStages } from './sumInStages.js';

/** Fewest elements behind an axis that make its slices long enough to copy. */
const LONG = 32;
/** Most slices of one axis. */
const MANY = 32;

/**
 * Joins the slices of one axis, which vanishes: the engine reduces a short axis with many elements behind it, such as the
 * classes of [1, 4, 64, 64, 64], six times slower. Null where that is not so.
 */
function foldAxis(graph: GraphBuilder, x: OnnxValue, axes: readonly number[], type: 'Add' | 'Max'): OnnxValue | null {
  const [axis] = axes;
  if (axis === undefined || axes.length > 1 || !isFloating(x.dtype)) return null;
  const extent = x.shape[axis]!;
  if (extent < 2 || extent > MANY || sizeOf(x.shape.slice(axis + 1)) < LONG) return null;
  const slices = Array.from({ length: extent }, (_, index) => graph.slice(x, [index], [index + 1], [axis]));
  const joined = slices.reduce((left, right) => graph.node(type, [left, right], left.shape));
  const shape = x.shape.filter((_, other) => other !== axis);
  return graph.node('Squeeze', [joined, graph.int64([axis])], shape);
}

export const lowerReduceSum: OnnxLowering<Primitives['reduceSum']> = (graph, [x], { axes }) => [
  foldAxis(graph, x!, axes, 'Add') ?? (isFloating(x!.dtype) ? sumInStages(graph, x!, axes) : graph.sum(x!, axes)),
];

/** The engine's ReduceMax passes over NaN, other than its Max: where there is one, it is put back. */
export const lowerReduceMax: OnnxLowering<Primitives['reduceMax']> = (graph, [x], { axes }, out) => {
  if (axes.length === 0) return [x!];
  const folded = foldAxis(graph, x!, axes, 'Max');
  if (folded !== null) return [folded];
  const { shape } = out[0]!;
  const reduce = (value: OnnxValue): OnnxValue =>
    graph.node('ReduceMax', [value], shape, { attributes: { axes, keepdims: 0 } });
  const largest = reduce(x!);
  if (!isFloating(x!.dtype)) return [largest];
  const isNaN = castTo(graph, graph.node('IsNaN', [x!], x!.shape, { dtype: 'bool' }), 'float32');
  const anyNaN = castTo(graph, reduce(isNaN), 'bool');
  const nan = graph.scalar(NaN, x!.dtype === 'float64' ? 'float64' : 'float32');
  return [graph.node('Where', [anyNaN, nan, largest], shape, { dtype: x!.dtype })];
};

export const lowerArgMax: OnnxLowering<Primitives['argMax']> = (graph, [x], { axis }, out) => {
  // ArgMax gives int64, a dtype our values do not have: the cast follows at once.
  const index = graph.node('ArgMax', [x!], out[0]!.shape, { dtype: 'float64', attributes: { axis, keepdims: 0 } });
  return [castTo(graph, index, 'int32')];
};

export const lowerMatmul: OnnxLowering<NoAttrs> = (graph, inputs, _attrs, out) => [
  graph.node('MatMul', inputs, out[0]!.shape),
];
