import { ShapeError } from '../errors/index.js';

export type Shape = readonly number[];

/** Number of elements; 1 for a scalar `[]`. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

export function formatShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((extent) => extent ?? '?').join(', ')}]`;
}

/** NumPy's broadcasting rule. @throws ShapeError when two extents differ and neither is 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        `Shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: axis ${axis} has ${left} and ${right}. Extents must be equal, or one of them 1.`,
      );
    }
    return left === 1 ? right : left;
  });
}

/** Axes as non-negative, sorted, unique numbers; negative ones count from the end. @throws ShapeError when out of range. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  const normalized = axes.map((axis) => {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
      throw new ShapeError(
        `Axis ${axis} is out of range for ${rank} dimensions. Expected an integer from ${-rank} to ${rank - 1}.`,
      );
    }
    return positive;
  });
  return [...new Set(normalized)].sort((a, b) => a - b);
}

/** @throws ShapeError unless every extent is a non-negative safe integer. */
export function checkShape(shape: Shape): void {
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
    throw new ShapeError(`${formatShape(shape)} is not a shape. Extents must be non-negative integers.`);
  }
}
