import { broadcastShapes, type DType, type NoAttrs, sameShape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { elementTypes } from '../model/OnnxModel.js';

/** A standard operator that takes the operands as they are and needs no attributes. */
export const operator =
  (type: string): OnnxLowering<NoAttrs> =>
  (graph, inputs, _attrs, out) => [graph.node(type, inputs, out[0]!.shape, { dtype: out[0]!.dtype })];

export function castTo(graph: GraphBuilder, x: OnnxValue, dtype: DType): OnnxValue {
  return x.dtype === dtype ? x : graph.node('Cast', [x], x.shape, { dtype, attributes: { to: elementTypes[dtype] } });
}

export const lowerCast: OnnxLowering<{ readonly dtype: DType }> = (graph, [x], { dtype }) => [castTo(graph, x!, dtype)];

export const lowerStopGradient: OnnxLowering<NoAttrs> = (_graph, inputs) => inputs;

/** 1 where x > 0, else 0, also where x is NaN. (HardSigmoid with a steep slope is one pass instead of two, but keeps NaN.) */
export function lowerPositive(graph: GraphBuilder, x: OnnxValue): OnnxValue {
  const zero = graph.scalar(0, x.dtype === 'float64' ? 'float64' : 'float32');
  return castTo(graph, graph.node('Greater', [x, zero], x.shape, { dtype: 'bool' }), x.dtype);
}

export const lowerLeakyRelu: OnnxLowering<{ readonly slope: number }> = (graph, [x], { slope }, out) => [
  graph.node('LeakyRelu', [x!], out[0]!.shape, { attributes: { alpha: { float: slope } } }),
];

/** Makes every normal float32 above zero at least 1. */
const STEEPEST = 3e38;

/** Limits of a steep line where they are those of the step: two passes instead of four. */
export const lowerLeakyStep: OnnxLowering<{ readonly slope: number }> = (graph, [x], { slope }, out) => {
  const { shape } = out[0]!;
  const scalar = (value: number): OnnxValue => graph.scalar(value, x!.dtype === 'float64' ? 'float64' : 'float32');
  if (slope >= 0 && slope <= 1)
    return [graph.node('Clip', [graph.binary('Mul', x!, scalar(STEEPEST)), scalar(slope), scalar(1)], shape)];
  const falling = graph.binary('Mul', lowerPositive(graph, x!), scalar(1 - slope));
  return [graph.binary('Add', falling, scalar(slope))];
};

/** The WebGPU provider's Pow fails where both operands are broadcast: one of them is expanded first. */
export const lowerPow: OnnxLowering<NoAttrs> = (graph, [base, exponent], _attrs, out) => {
  const { shape } = out[0]!;
  const isWhole = [base!, exponent!].some((operand) => sameShape(operand.shape, shape));
  const whole = isWhole ? base! : graph.node('Expand', [base!, graph.int64(shape)], shape);
  return [graph.node('Pow', [whole, exponent!], shape)];
};

/** ONNX Runtime has no Where of truth values: those are computed with logic. */
export const lowerSelect: OnnxLowering<NoAttrs> = (graph, [condition, a, b], _attrs, out) => {
  const { shape, dtype } = out[0]!;
  if (dtype !== 'bool') return [graph.node('Where', [condition!, a!, b!], shape, { dtype })];
  const both = (x: OnnxValue, y: OnnxValue): OnnxValue =>
    graph.node('And', [x, y], broadcastShapes(x.shape, y.shape), { dtype });
  const otherwise = graph.node('Not', [condition!], condition!.shape, { dtype });
  return [graph.node('Or', [both(condition!, a!), both(otherwise, b!)], shape, { dtype })];
};

const comparisons = { lt: 'Less', le: 'LessOrEqual', eq: 'Equal' } as const;

export const lowerCompare: OnnxLowering<{ readonly op: keyof typeof comparisons }> = (graph, inputs, { op }, out) => [
  graph.node(comparisons[op], inputs, out[0]!.shape, { dtype: 'bool' }),
];

/** Equal(index, 0…depth-1): unlike ONNX's OneHot, an index out of range (negative ones too) gives zeros. */
export const lowerOneHot: OnnxLowering<{ readonly depth: number; readonly dtype: DType }> = (
  graph,
  [x],
  { depth, dtype },
  out,
) => {
  const classes = graph.constant({
    dtype: 'int32',
    shape: [depth],
    data: Int32Array.from({ length: depth }, (_, index) => index),
  });
  const expanded = graph.reshape(x!, [...x!.shape, 1]);
  const isClass = graph.node('Equal', [expanded, classes], out[0]!.shape, { dtype: 'bool' });
  return [castTo(graph, isClass, dtype)];
};
