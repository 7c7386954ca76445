import type { Aval } from '@delira/core';
import { type HostValue, hostValue } from './HostValue.js';

/** A value that has one number for each channel of x, or one for all, as [C]; null if it has more. */
export function perChannel(value: HostValue | undefined, { shape }: Aval): HostValue | null {
  if (value === undefined || value.shape.length > shape.length) return null;
  const channels = shape[1]!;
  const offset = shape.length - value.shape.length;
  const isPlain = value.shape.every((extent, axis) => extent === 1 || (axis + offset === 1 && extent === channels));
  if (!isPlain) return null;
  const { data, sources } = value;
  return hostValue([channels], sources, () => {
    const values = data();
    return Float64Array.from({ length: channels }, (_, channel) => values[values.length === 1 ? 0 : channel]!);
  });
}
