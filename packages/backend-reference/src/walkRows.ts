import type { Shape } from '@delira/core';

/** Receives rows: `count` elements whose offsets advance by the two steps. */
export type Row = (from: number, to: number, count: number, fromStep: number, toStep: number) => void;

/**
 * Visits every index of `shape` in row-major order, following two arrays by their strides: a stride of 0 repeats (broadcasting) or
 * accumulates (reducing). Adjacent axes are merged, so that rows are as long as possible.
 */
export function walkRows(
  shape: Shape,
  fromStrides: Shape,
  toStrides: Shape,
  row: Row,
  start: { readonly from?: number; readonly to?: number } = {},
): void {
  const extents: number[] = [];
  const fromSteps: number[] = [];
  const toSteps: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    if (extent === 0) return;
    if (extent === 1) continue;
    const last = extents.length - 1;
    const [from, to] = [fromStrides[axis]!, toStrides[axis]!];
    if (last >= 0 && fromSteps[last] === from * extent && toSteps[last] === to * extent) {
      extents[last]! *= extent;
      fromSteps[last] = from;
      toSteps[last] = to;
    } else {
      extents.push(extent);
      fromSteps.push(from);
      toSteps.push(to);
    }
  }
  const inner = extents.length - 1;
  const count = extents[inner] ?? 1;
  const [fromStep, toStep] = [fromSteps[inner] ?? 0, toSteps[inner] ?? 0];
  const visit = (axis: number, from: number, to: number): void => {
    if (axis >= inner) {
      row(from, to, count, fromStep, toStep);
      return;
    }
    for (let index = 0; index < extents[axis]!; index++)
      visit(axis + 1, from + index * fromSteps[axis]!, to + index * toSteps[axis]!);
  };
  visit(0, start.from ?? 0, start.to ?? 0);
}
