import { type Shape, sizeOf } from '@delira/core';
import type { Attribute, OnnxNode } from '../../src/index.js';

/** Numbers in row-major order, whatever their dtype; blocked values keep the nominal shape, as in the engine. */
export interface Value {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export type Operator = (inputs: readonly (Value | undefined)[], node: OnnxNode, block: number) => readonly Value[];

export function valueOf(shape: Shape, at: (index: number) => number): Value {
  const data = new Float64Array(sizeOf(shape));
  for (let index = 0; index < data.length; index++) data[index] = at(index);
  return { shape, data };
}

export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Where in memory the elements of a shape are, in row-major order, if one step along an axis moves by its stride. */
export function positionsOf(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const positions = new Int32Array(sizeOf(shape)).fill(start, 0, 1);
  let known = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = known * shape[axis]!;
    for (let index = known; index < size; index++) positions[index] = positions[index - known]! + strides[axis]!;
    known = size;
  }
  return positions;
}

export function list(attribute: Attribute | undefined, fallback: readonly number[] = []): readonly number[] {
  return Array.isArray(attribute) ? (attribute as readonly number[]) : fallback;
}

export function integer(attribute: Attribute | undefined, fallback: number): number {
  return typeof attribute === 'number' ? attribute : fallback;
}

/** The elements that these strides meet. */
export function take({ data }: Value, shape: Shape, strides: readonly number[], start = 0): Value {
  const positions = positionsOf(shape, strides, start);
  return valueOf(shape, (index) => data[positions[index]!]!);
}

/** Repeats what has extent 1, from the right. */
export function broadcast(x: Value, shape: Shape): Value {
  if (sizeOf(shape) === x.data.length) return reshape(x, shape);
  const missing = shape.length - x.shape.length;
  const strides = stridesOf(x.shape);
  return take(
    x,
    shape,
    shape.map((_, axis) => (axis < missing || x.shape[axis - missing] === 1 ? 0 : strides[axis - missing]!)),
  );
}

export function transpose(x: Value, perm: readonly number[]): Value {
  const strides = stridesOf(x.shape);
  return take(
    x,
    perm.map((axis) => x.shape[axis]!),
    perm.map((axis) => strides[axis]!),
  );
}

export const reshape = ({ data }: Value, shape: Shape): Value => ({ shape, data });
