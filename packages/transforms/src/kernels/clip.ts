import { minimumAndMaximum } from './statistics.js';

/** Clips `channels` equal parts of one array to the ranges of those of another: splines overshoot. */
export function clipToRange(values: Float32Array, reference: Float32Array, channels: number): void {
  const [length, count] = [reference.length / channels, values.length / channels];
  for (let channel = 0; channel < channels; channel++) {
    const [lowest, highest] = minimumAndMaximum(reference.subarray(channel * length, (channel + 1) * length));
    for (let i = channel * count; i < (channel + 1) * count; i++)
      values[i] = Math.min(Math.max(values[i]!, lowest), highest);
  }
}
