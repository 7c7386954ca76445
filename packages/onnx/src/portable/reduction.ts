import { isFloating, type NoAttrs, type Primitives } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { castTo } from './elementwise.js';

export const lowerReduceSum: OnnxLowering<Primitives['reduceSum']> = (graph, [x], { axes }) => [graph.sum(x!, axes)];

/** The engine's ReduceMax passes over NaN: where there is one, it is put back. */
export const lowerReduceMax: OnnxLowering<Primitives['reduceMax']> = (graph, [x], { axes }, out) => {
  if (axes.length === 0) return [x!];
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
