import { ArgumentError } from '@delira/core';

/** One number for all axes, or one for each. @throws ArgumentError when there are not as many as axes. */
export function perAxis(values: number | readonly number[], rank: number, what: string): readonly number[] {
  const list = typeof values === 'number' ? Array.from({ length: rank }, () => values) : values;
  if (list.length !== rank)
    throw new ArgumentError(
      `${what} has ${list.length} values for ${rank} spatial axes. Give one number, or one for each axis.`,
    );
  return list;
}

/** The same for counts of voxels. @throws ArgumentError unless they are positive integers. */
export function sizePerAxis(values: number | readonly number[], rank: number, what = 'size'): readonly number[] {
  const list = perAxis(values, rank, what);
  if (!list.every((value) => Number.isSafeInteger(value) && value > 0))
    throw new ArgumentError(`${what} is ${list.join(' × ')}. Expected positive integers.`);
  return list;
}
