import { DTypeError, ShapeError } from '../errors/index.js';
import { broadcastShapes, formatShape, isFloating, type Shape } from '../ndarray/index.js';
import type { Aval, NoAttrs } from '../ir/index.js';
import type { Tensor } from '../tensor/index.js';
import { aval, type Primitive, type PrimitiveSample } from './Primitive.js';

export function arity(name: string, inputs: readonly Aval[], count: number): void {
  if (inputs.length !== count) throw new ShapeError(`${name} takes ${count} operands, got ${inputs.length}.`);
}

export function requireFloat(name: string, input: Aval): void {
  if (!isFloating(input.dtype))
    throw new DTypeError(`${name} takes a floating dtype, got ${input.dtype}. Cast it first.`);
}

/** Sums a gradient over the axes along which its operand of shape `shape` was broadcast. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((extent, axis) =>
    axis < extra || (shape[axis - extra] === 1 && extent !== 1) ? [axis] : [],
  );
  return gradient.sum(axes).reshape(shape);
}

export const unarySamples: readonly PrimitiveSample<NoAttrs>[] = [
  { id: 'matrix', inputs: [aval([3, 4])], attrs: {} },
  { id: 'scalar', inputs: [aval([])], attrs: {} },
  { id: 'image', inputs: [aval([2, 3, 4, 5])], attrs: {} },
];

export function samplesIn(
  domain: readonly [number, number],
  samples: readonly PrimitiveSample<NoAttrs>[] = unarySamples,
): readonly PrimitiveSample<NoAttrs>[] {
  return samples.map((sample) => ({ ...sample, domain }));
}

/** An elementwise function of one floating operand. `gradient` maps (gradient of y, x, y) to the gradient of x. */
export function unary(
  name: string,
  gradient: ((grad: Tensor, x: Tensor, y: Tensor) => Tensor | null) | null,
  samples: readonly PrimitiveSample<NoAttrs>[] = unarySamples,
): Primitive<NoAttrs> {
  return {
    infer(inputs) {
      arity(name, inputs, 1);
      requireFloat(name, inputs[0]!);
      return [{ shape: inputs[0]!.shape, dtype: inputs[0]!.dtype }];
    },
    vjp: gradient === null ? null : ({ inputs: [x], outputs: [y], grads: [grad] }) => [gradient(grad!, x!, y!)],
    samples,
  };
}

export const binarySamples: readonly PrimitiveSample<NoAttrs>[] = [
  { id: 'same', inputs: [aval([3, 4]), aval([3, 4])], attrs: {} },
  { id: 'scalar', inputs: [aval([3, 4]), aval([])], attrs: {} },
  { id: 'channels', inputs: [aval([2, 3, 4, 5]), aval([1, 3, 1, 1])], attrs: {} },
  { id: 'both', inputs: [aval([3, 1]), aval([1, 4])], attrs: {} },
];

export function inferBinary(name: string, inputs: readonly Aval[]): Aval {
  arity(name, inputs, 2);
  const [a, b] = inputs as readonly [Aval, Aval];
  if (a.dtype !== b.dtype)
    throw new DTypeError(`${name} takes operands of one dtype, got ${a.dtype} and ${b.dtype}. Cast one of them.`);
  if (a.dtype === 'bool') throw new DTypeError(`${name} does not take bool. Cast it to a number first.`);
  try {
    return { shape: broadcastShapes(a.shape, b.shape), dtype: a.dtype };
  } catch (error) {
    if (error instanceof ShapeError) throw new ShapeError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** An elementwise function of two broadcasting operands. Each rule maps (gradient of y, a, b, y) to the gradient before unbroadcasting. */
export function binaryPrimitive(
  name: string,
  left: (grad: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
  right: (grad: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
  samples: readonly PrimitiveSample<NoAttrs>[] = binarySamples,
): Primitive<NoAttrs> {
  return {
    infer: (inputs) => [inferBinary(name, inputs)],
    vjp: ({ inputs: [a, b], outputs: [y], grads: [grad], needs }) => [
      needs[0] === true ? unbroadcast(left(grad!, a!, b!, y!), a!.shape) : null,
      needs[1] === true ? unbroadcast(right(grad!, a!, b!, y!), b!.shape) : null,
    ],
    samples,
  };
}

export function describe(inputs: readonly Aval[]): string {
  return inputs.map(({ shape }) => formatShape(shape)).join(', ');
}
