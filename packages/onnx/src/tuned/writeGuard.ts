import { sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { WriteGuard } from '../lowering/LoweredProgram.js';

/** Larger outputs are not looked at within the graph. */
const LARGEST_OUTPUT = 2 ** 12;

/** Name of the graph's input that says which outputs must be finite. */
const REQUIRED = 'finite:required';

/** Zero, or NaN if one of the values is not finite. */
function zeroOf(graph: GraphBuilder, value: OnnxValue): OnnxValue {
  const flat = graph.reshape(value, [sizeOf(value.shape)]);
  const zeros = graph.node('Mul', [flat, graph.scalar(0)], flat.shape);
  return graph.node('ReduceSum', [zeros, graph.int64([0])], [1], { attributes: { keepdims: 1 } });
}

/** One element, of whatever rank: enough to wait for the whole. */
function firstOf(graph: GraphBuilder, value: OnnxValue): OnnxValue {
  const axes = value.shape.map((_, axis) => axis);
  const first = graph.slice(
    value,
    axes.map(() => 0),
    axes.map(() => 1),
    axes,
  );
  if (first.dtype === 'float32') return first;
  return graph.node('Cast', [first], first.shape, { dtype: 'float32', attributes: { to: 1 } });
}

/**
 * [1], of any content, there once all values are. The engine goes backwards from what it needs last, always to the operator that was added
 * last, so that along this chain it computes the values in their order.
 */
function waitFor(graph: GraphBuilder, values: readonly OnnxValue[]): OnnxValue {
  const firsts = values.map((value) => firstOf(graph, value));
  const last = firsts.reduce((before, first) => graph.binary('Add', before, first), graph.scalar(0));
  return graph.reshape(last, [1]);
}

/**
 * Decides whether variables may be written: once the values of `after` are there, which are computed in this order, and if every output
 * that must be finite is. What waits for it can write over variables: they are still needed by nobody, and nothing that comes later stops the step.
 */
export function writeGuard(
  graph: GraphBuilder,
  outputs: Readonly<Record<string, OnnxValue>>,
  after: readonly OnnxValue[],
): WriteGuard {
  const looked = Object.entries(outputs).filter(
    ([, { dtype, shape }]) => dtype === 'float32' && sizeOf(shape) > 0 && sizeOf(shape) <= LARGEST_OUTPUT,
  );
  const required: OnnxValue = { name: REQUIRED, shape: [looked.length], dtype: 'bool' };
  const join = (values: readonly OnnxValue[]): OnnxValue =>
    values.length === 1 ? values[0]! : graph.node('Concat', values, [values.length], { attributes: { axis: 0 } });
  const found = looked.map(([, value]) => zeroOf(graph, value));
  // Added last, gone to first.
  const waited = zeroOf(graph, waitFor(graph, after));
  const zeros = join([...found, waited]);
  const bad = graph.node('IsNaN', [zeros], zeros.shape, { dtype: 'bool' });
  // What is only waited for may be anything.
  const waitedOnly = graph.constant({ dtype: 'bool', shape: [1], data: Uint8Array.of(0) });
  const asked =
    looked.length === 0
      ? waitedOnly
      : graph.node('Concat', [required, waitedOnly], zeros.shape, { attributes: { axis: 0 } });
  const stops = graph.node('And', [bad, asked], zeros.shape, { dtype: 'bool' });
  const count = graph.sum(graph.node('Cast', [stops], zeros.shape, { dtype: 'float32', attributes: { to: 1 } }), [0]);
  const passed = graph.node('Less', [count, graph.scalar(0.5)], [], { dtype: 'bool' });
  return { required, outputs: looked.map(([name]) => name), passed };
}
