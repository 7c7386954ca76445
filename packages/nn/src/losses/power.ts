import { maximum, pow, type Tensor } from '@delira/core';

/** Below it a base counts as this much: roots have no finite slope at zero. */
const SMALLEST = 1e-12;

/** x to the power of an exponent of at least 0, for x ≥ 0. */
export function power(x: Tensor, exponent: number): Tensor {
  if (exponent === 1) return x;
  return exponent === 2 ? x.mul(x) : pow(maximum(x, SMALLEST), exponent);
}
