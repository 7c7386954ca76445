import { formatShape, type NDArray, sameShape } from '@delira/core';
import type { Tolerance } from './Tolerance.js';

type Numbers = NDArray | ArrayLike<number> | number;

function dataOf(value: Numbers): ArrayLike<number> {
  if (typeof value === 'number') return [value];
  return 'data' in value ? value.data : value;
}

function shapeOf(value: Numbers): readonly number[] | null {
  return typeof value === 'object' && 'shape' in value ? value.shape : null;
}

/** `[1, 0, 2]` for element 14 of a shape, or the plain number without one. */
function position(index: number, shape: readonly number[] | null): string {
  if (shape === null) return `[${index}]`;
  const indices: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    indices.unshift(index % shape[axis]!);
    index = Math.floor(index / shape[axis]!);
  }
  return formatShape(indices);
}

/**
 * Compares numbers elementwise; NaN equals NaN, an infinity only itself, and the two zeros are equal. dtypes may differ, shapes may not
 * where both sides have one.
 *
 * @param what names the compared thing in the message.
 * @throws Error showing the worst element, how many fail, and what would have passed.
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: Tolerance = {}, what = 'values'): void {
  const { rtol = 1e-6, atol = 1e-8, relativeTo = 'element' } = tolerance;
  const [left, right] = [dataOf(actual), dataOf(expected)];
  const [leftShape, rightShape] = [shapeOf(actual), shapeOf(expected)];
  if (leftShape !== null && rightShape !== null && !sameShape(leftShape, rightShape))
    throw new Error(`${what}: expected the shape ${formatShape(rightShape)}, got ${formatShape(leftShape)}.`);
  if (left.length !== right.length) throw new Error(`${what}: expected ${right.length} elements, got ${left.length}.`);

  let largest = 0;
  for (const value of Array.from(right)) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  let worst = -1;
  let worstExcess = 1;
  let failures = 0;
  for (let i = 0; i < right.length; i++) {
    const [a, e] = [left[i]!, right[i]!];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const allowed = atol + rtol * (relativeTo === 'array' ? largest : Math.abs(e));
    // Infinite where one side is not finite; a zero tolerance allows equality only.
    const excess = Number.isFinite(a) && Number.isFinite(e) ? Math.abs(a - e) / allowed : Infinity;
    if (excess <= 1) continue;
    failures++;
    if (worst < 0 || excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (failures === 0) return;
  const [a, e] = [left[worst]!, right[worst]!];
  throw new Error(
    `${what}: ${failures} of ${right.length} elements differ by more than rtol ${rtol} (of the ${relativeTo}), atol ${atol}. ` +
      `The worst is element ${position(worst, rightShape ?? leftShape)}: ${a}, expected ${e} ` +
      `(difference ${Math.abs(a - e).toExponential(2)}, relative ${(Math.abs(a - e) / Math.abs(e)).toExponential(2)}).`,
  );
}
