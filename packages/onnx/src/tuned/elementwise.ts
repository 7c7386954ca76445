import { type Node, type Primitives, sameShape, type Shape, sizeOf, type ValueId } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { portableLowerings } from '../portable/portableLowerings.js';
import { type BlockSize, packInGraph } from './Layout.js';
import { moveAxes } from './moveAxes.js';
import { type Epilogue, scaleChannels } from './nchwc.js';
import type { TunedStep } from './TunedStep.js';

function isPerChannel(operand: Shape, shape: Shape): boolean {
  const leading = new Array<number>(shape.length - operand.length).fill(1);
  return (
    [...leading, ...operand].every((extent, axis) => extent === (axis === 1 ? shape[1] : 1)) && sizeOf(operand) > 1
  );
}

/** A sum, ReLU or leaky ReLU of a value that is not written down yet becomes part of it. */
function continueDeferred(step: TunedStep, { prim, attrs, inputs, outputs }: Node): boolean {
  const { graph, values } = step;
  const output = outputs[0]!;
  const { shape } = step.aval(output);
  for (const [index, id] of inputs.entries()) {
    const deferred = values.deferred(id);
    if (deferred === undefined || !step.isUsedOnce(id) || deferred.epilogue.activation !== undefined) continue;
    const { epilogue, emit } = deferred;
    if (prim === 'relu' || prim === 'leakyRelu') {
      const activation = prim === 'relu' ? prim : (attrs as Primitives['leakyRelu']);
      values.defer(output, { epilogue: { ...epilogue, activation }, emit });
      return true;
    }
    const other = inputs[1 - index];
    if (prim !== 'add' || other === undefined || other === id) continue;
    const operand = step.aval(other).shape;
    if (isPerChannel(operand, shape) && epilogue.bias === undefined) {
      values.defer(output, {
        epilogue: { ...epilogue, bias: graph.reshape(values.get(other, 'plain'), [shape[1]!]) },
        emit,
      });
      return true;
    }
    if (sameShape(operand, shape) && epilogue.sum === undefined) {
      values.defer(output, { epilogue: { ...epilogue, sum: values.get(other, 'blocked') }, emit });
      return true;
    }
  }
  return false;
}

/**
 * x ∘ a value per channel as one depthwise pass, which takes on what follows: the engine's own broadcasting goes block by block. Batch norm
 * with running statistics, its residual sum and its ReLU are one pass.
 */
function byChannel(step: TunedStep, { prim, inputs, outputs }: Node): boolean {
  const { graph, values } = step;
  const output = outputs[0]!;
  const { shape } = step.aval(output);
  if (inputs.length !== 2 || step.aval(output).dtype !== 'float32') return false;
  const index = inputs.findIndex((id) => isPerChannel(step.aval(id).shape, shape));
  if (index === -1 || !sameShape(step.aval(inputs[1 - index]!).shape, shape)) return false;
  const scaled = (factor: OnnxValue, bias?: OnnxValue): true => {
    const x = values.get(inputs[1 - index]!, 'blocked');
    const emit = (epilogue: Epilogue): OnnxValue => scaleChannels(graph, x, factor, epilogue);
    values.defer(output, { epilogue: bias === undefined ? {} : { bias }, emit });
    return true;
  };
  const channel = (): OnnxValue => graph.reshape(values.get(inputs[index]!, 'plain'), [shape[1]!]);
  const constant = (value: number): OnnxValue =>
    step.remember(`constant:${value}:${shape[1]}`, () =>
      graph.constant({ dtype: 'float32', shape: [shape[1]!], data: new Float32Array(shape[1]!).fill(value) }),
    );
  const unary = (type: string): OnnxValue => {
    const operand = channel();
    return graph.node(type, [operand], operand.shape);
  };
  switch (prim) {
    case 'add':
      return scaled(constant(1), channel());
    case 'sub':
      return index === 1 ? scaled(constant(1), unary('Neg')) : scaled(constant(-1), channel());
    case 'mul':
      return scaled(channel());
    case 'div':
      return index === 1 && scaled(unary('Reciprocal'));
    default:
      return false;
  }
}

/** A blocked shape in the axes of its memory, depth outermost: [D, N, C/B, H, W, B], in 2D with D = 1. */
function blockedAxes([batch, channels, ...spatial]: Shape, block: number): Shape {
  const [depth, height, width] = [...new Array<number>(3 - spatial.length).fill(1), ...spatial];
  return [depth!, batch!, channels! / block, height!, width!, block];
}

/** An operand of a blocked elementwise primitive of this rank in the axes of the memory, its broadcast axes of extent 1. */
function inBlockedAxes(step: TunedStep, id: ValueId, rank: number, block: BlockSize): OnnxValue {
  const { graph, values } = step;
  const { shape } = step.aval(id);
  const full: Shape = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const whole = graph.reshape(values.get(id, 'plain'), full);
  if (full[1] === 1) {
    const depthFirst = rank === 5 ? moveAxes(graph, whole, [2, 0, 1, 3, 4]) : whole;
    return graph.reshape(depthFirst, blockedAxes(full, 1));
  }
  const blocked = sizeOf(full.slice(2)) === 1 ? whole : packInGraph(graph, whole, 'blocked', block);
  return graph.reshape(blocked, blockedAxes(full, block));
}

/** An elementwise primitive in the layout of its class. */
export function lowerElementwise(step: TunedStep, node: Node): void {
  const { graph, values, block } = step;
  const output = node.outputs[0]!;
  const aval = step.aval(output);
  const layout = step.layoutOf(output);
  const lowering = portableLowerings[node.prim] as OnnxLowering<object>;
  const isWhole = (id: ValueId): boolean => sameShape(step.aval(id).shape, aval.shape);
  const isSimple = node.inputs.every((id) => isWhole(id) || sizeOf(step.aval(id).shape) === 1);

  if (layout === 'blocked' && (continueDeferred(step, node) || byChannel(step, node))) return;
  if (layout === 'taps' && isSimple) {
    const operands = node.inputs.map((id) =>
      isWhole(id) ? values.taps(id) : graph.reshape(values.get(id, 'plain'), []),
    );
    const pieces = values.taps(node.inputs.find(isWhole)!).map(({ shape }, index) => {
      const piece = operands.map((operand) => ('name' in operand ? operand : operand[index]!));
      return lowering(graph, piece, node.attrs, [{ ...aval, shape }])[0]!;
    });
    values.define(output, pieces, 'taps');
    return;
  }
  if (isSimple) {
    // Beside a single value, which `positive` compares with, the engine goes through trailing axes of extent 1 one element at a time, sixty
    // times slower.
    const isStrung = aval.shape.at(-1) === 1 && (node.prim === 'positive' || !node.inputs.every(isWhole));
    const shape = isStrung ? [sizeOf(aval.shape)] : aval.shape;
    const operands = node.inputs.map((id) =>
      isWhole(id) ? graph.reshape(values.get(id, layout), shape) : graph.reshape(values.get(id, 'plain'), []),
    );
    values.define(output, lowering(graph, operands, node.attrs, [{ ...aval, shape }])[0]!, layout);
    return;
  }
  if (layout === 'blocked') {
    const split = blockedAxes(aval.shape, block);
    const operands = node.inputs.map((id) =>
      isWhole(id) ? graph.reshape(values.get(id, 'blocked'), split) : inBlockedAxes(step, id, aval.shape.length, block),
    );
    values.define(
      output,
      graph.reshape(lowering(graph, operands, node.attrs, [{ ...aval, shape: split }])[0]!, aval.shape),
      'blocked',
    );
    return;
  }
  const operands = node.inputs.map((id) => values.get(id, 'plain'));
  values.define(output, lowering(graph, operands, node.attrs, [aval])[0]!, 'plain');
}
