import type { Sample } from '@delira/core';

/** What the arrays of a sample take, in bytes. */
export function sampleBytes(sample: Sample): number {
  return Object.values(sample).reduce((sum, { data }) => sum + data.byteLength, 0);
}
