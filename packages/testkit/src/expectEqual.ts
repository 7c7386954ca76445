import { formatShape, type NDArray, sameShape } from '@delira/core';

/**
 * Compares two arrays bit for bit: dtype, shape and every element, the sign of a zero included; NaN equals NaN.
 *
 * @throws Error naming the first difference.
 */
export function expectEqual(actual: NDArray, expected: NDArray, what = 'array'): void {
  if (actual.dtype !== expected.dtype || !sameShape(actual.shape, expected.shape)) {
    throw new Error(
      `${what}: expected ${expected.dtype}${formatShape(expected.shape)}, got ${actual.dtype}${formatShape(actual.shape)}.`,
    );
  }
  for (let i = 0; i < expected.data.length; i++) {
    if (!Object.is(actual.data[i], expected.data[i]))
      throw new Error(
        `${what}: element ${i} of ${expected.data.length} is ${String(actual.data[i])}, expected ${String(expected.data[i])}.`,
      );
  }
}
