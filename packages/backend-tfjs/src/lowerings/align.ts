import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import { axesOf, type Layout, type Value } from '../Value.js';

/** The layout in which operands of an elementwise function meet: that of the largest one that is not plain. */
export function commonLayout(operands: readonly Value[], rank: number): Layout {
  let best: Value | null = null;
  for (const operand of operands) {
    if (operand.shape.length !== rank || operand.layout === 'plain') continue;
    if (best === null || sizeOf(operand.shape) > sizeOf(best.shape)) best = operand;
  }
  if (best === null) return 'plain';
  // A larger plain operand would have to be converted.
  const larger = operands.some(
    (operand) => operand.layout === 'plain' && sizeOf(operand.shape) > sizeOf(best.shape) && rank >= 3,
  );
  return larger ? 'plain' : best.layout;
}

/** An operand with its axes in the order of `layout`, ready to be broadcast to `rank` axes. */
export function aligned(operand: Value, layout: Layout, rank: number): Tensor {
  const { shape, kernels } = operand;
  if (shape.length === rank) return operand.as(layout);
  if (sizeOf(shape) === 1) return kernels.reshape(operand.any, []);
  const plain = operand.as('plain');
  // Missing axes lead; where those that are there would move, they are moved.
  const full: Shape = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  return kernels.transpose(kernels.reshape(plain, full), axesOf(layout, rank));
}

/** Operands of a kernel that broadcasts: those that repeat something give way to it where another one fills the result. */
export function unrepeated(operands: readonly Value[], shape: Shape): readonly Value[] {
  const sources = operands.map((operand) => operand.source);
  return shape.every((extent, axis) =>
    sources.some((source) => (source.shape[axis - shape.length + source.shape.length] ?? 1) === extent),
  )
    ? sources
    : operands;
}
