import type { DataOf, DType, NDArray, Sample } from '@delira/core';

/** A copy in shared memory: sent to another thread, it is seen there, not copied. */
export function shareSample(sample: Sample): Sample {
  return Object.fromEntries(Object.entries(sample).map(([key, array]) => [key, shareArray(array)]));
}

function shareArray({ dtype, shape, data }: NDArray): NDArray {
  const buffer = new SharedArrayBuffer(data.byteLength);
  const create = data.constructor as new (buffer: SharedArrayBuffer) => DataOf[DType];
  const shared = new create(buffer);
  shared.set(data);
  return { dtype, shape, data: shared };
}
