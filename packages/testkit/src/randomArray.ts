import { allocate, ArgumentError, type Aval, isFloating, type NDArray, type Rng, sizeOf } from '@delira/core';

/**
 * Draws an array uniformly from [low, high): real numbers for floating dtypes, rounded to them, integers for the others.
 *
 * @param domain default [-2, 2) for floats, [0, 3) for integers, [0, 2) for bool.
 * @throws ArgumentError for float16, which the host holds as bits.
 */
export function randomArray(
  { shape, dtype }: Aval,
  domain: readonly [low: number, high: number] | undefined,
  rng: Rng,
): NDArray {
  if (dtype === 'float16')
    throw new ArgumentError('randomArray does not draw float16. Draw float32 and cast it in the Program.');
  const data = allocate(dtype, sizeOf(shape));
  if (isFloating(dtype)) {
    const [low, high] = domain ?? [-2, 2];
    for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * rng.uniform();
  } else {
    const [low, high] = domain ?? [0, dtype === 'bool' ? 2 : 3];
    const first = Math.ceil(low);
    for (let i = 0; i < data.length; i++) data[i] = first + rng.int(Math.max(1, Math.ceil(high) - first));
  }
  return { dtype, shape, data };
}
