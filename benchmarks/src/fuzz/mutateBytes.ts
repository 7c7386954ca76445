import type { Rng } from '@delira/core';

/** What a 4-byte field of a header should not be: none, all, the sign bit, more than there is. */
const EXTREMES = [0, 0xffffffff, 0x80000000, 0x7fffffff, 0x0000ffff, 1];

/**
 * A damaged copy of a file: one to six changes, most of them near the beginning, where headers are. Bytes and 4-byte fields change, parts are
 * cut out or come twice, the end is missing.
 */
export function mutateBytes(bytes: Uint8Array, rng: Rng): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  const changes = 1 + rng.int(6);
  for (let change = 0; change < changes && mutated.length > 0; change++) mutated = mutateOnce(mutated, rng);
  return mutated;
}

function mutateOnce(bytes: Uint8Array, rng: Rng): Uint8Array<ArrayBuffer> {
  const near = rng.int(4) > 0 ? Math.min(bytes.length, 600) : bytes.length;
  const at = rng.int(near);
  const copy = Uint8Array.from(bytes);
  switch (rng.int(10)) {
    case 0:
      return copy.subarray(0, at);
    case 1: {
      const part = bytes.subarray(at, at + rng.int(64));
      return joined(bytes.subarray(0, at), part, bytes.subarray(at));
    }
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + rng.int(64)));
    case 3:
    case 4: {
      if (at + 4 > copy.length) return copy;
      const value = EXTREMES[rng.int(EXTREMES.length)]!;
      new DataView(copy.buffer).setUint32(at, value, rng.int(2) === 0);
      return copy;
    }
    case 5:
      copy[at]! ^= 1 << rng.int(8);
      return copy;
    // Digits matter in headers that are text.
    case 6:
      copy[at] = 0x30 + rng.int(10);
      return copy;
    default:
      copy[at] = rng.int(256);
      return copy;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
