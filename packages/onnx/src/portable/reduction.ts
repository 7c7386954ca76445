import type { NoAttrs, Primitives } from '@delira/core';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { castTo } from './elementwise.js';

export const lowerReduceSum: OnnxLowering<Primitives['reduceSum']> = (graph, [x], { axes }) => [graph.sum(x!, axes)];

export const lowerReduceMax: OnnxLowering<Primitives['reduceMax']> = (graph, [x], { axes }, out) => [
  axes.length === 0 ? x! : graph.node('ReduceMax', [x!], out[0]!.shape, { attributes: { axes, keepdims: 0 } }),
];

export const lowerArgMax: OnnxLowering<Primitives['argMax']> = (graph, [x], { axis }, out) => {
  // ArgMax gives int64, a dtype our values do not have: the cast follows at once.
  const index = graph.node('ArgMax', [x!], out[0]!.shape, { dtype: 'float64', attributes: { axis, keepdims: 0 } });
  return [castTo(graph, index, 'int32')];
};

export const lowerMatmul: OnnxLowering<NoAttrs> = (graph, inputs, _attrs, out) => [
  graph.node('MatMul', inputs, out[0]!.shape),
];
