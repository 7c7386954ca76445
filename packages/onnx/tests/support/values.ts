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

export function indicesOf(index: number, shape: Shape): number[] {
  const strides = stridesOf(shape);
  return shape.map((extent, axis) => Math.floor(index / strides[axis]!) % extent);
}

export function list(attribute: Attribute | undefined, fallback: readonly number[] = []): readonly number[] {
  return Array.isArray(attribute) ? (attribute as readonly number[]) : fallback;
}

export function integer(attribute: Attribute | undefined, fallback: number): number {
  return typeof attribute === 'number' ? attribute : fallback;
}

/** Element of x at these indices, broadcasting from the right. */
export function broadcastAt({ shape, data }: Value, indices: readonly number[]): number {
  const strides = stridesOf(shape);
  const offset = indices.length - shape.length;
  return data[
    shape.reduce((sum, extent, axis) => sum + (extent === 1 ? 0 : indices[offset + axis]! * strides[axis]!), 0)
  ]!;
}

export function transpose({ shape, data }: Value, perm: readonly number[]): Value {
  const strides = stridesOf(shape);
  const target = perm.map((axis) => shape[axis]!);
  return valueOf(
    target,
    (index) =>
      data[indicesOf(index, target).reduce((sum, position, axis) => sum + position * strides[perm[axis]!]!, 0)]!,
  );
}

export const reshape = ({ data }: Value, shape: Shape): Value => ({ shape, data });
