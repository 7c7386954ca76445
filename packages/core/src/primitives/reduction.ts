import { DTypeError, ShapeError } from '../errors/index.js';
import { type DType, formatShape, type Shape } from '../ndarray/index.js';
import type { Aval } from '../ir/index.js';
import { arity } from './elementwise.js';

/** @throws ShapeError unless axes are sorted, unique and in range. */
export function reducedShape(name: string, inputs: readonly Aval[], axes: Shape): Shape {
  arity(name, inputs, 1);
  const { shape } = inputs[0]!;
  if (
    axes.some(
      (axis, index) =>
        !Number.isInteger(axis) || axis < 0 || axis >= shape.length || (index > 0 && axes[index - 1]! >= axis),
    )
  ) {
    throw new ShapeError(`${name}: ${formatShape(axes)} are not sorted, unique axes of ${formatShape(shape)}.`);
  }
  return shape.filter((_, axis) => !axes.includes(axis));
}

export function requireNumber(name: string, { dtype }: Aval): DType {
  if (dtype === 'bool') throw new DTypeError(`${name} does not take bool. Cast it to a number first.`);
  return dtype;
}
