/**
 * A function that says how often it was asked for an index before. Arrays where those are not much longer than what is asked for: a Map
 * of a million entries costs more than all else that an index takes.
 *
 * @param length indices are below it.
 * @param samples how often the function will be called.
 */
export function countRepeats(length: number, samples: number): (index: number) => number {
  if (length > 4 * samples) {
    const counts = new Map<number, number>();
    return (index) => {
      const repeat = counts.get(index) ?? 0;
      counts.set(index, repeat + 1);
      return repeat;
    };
  }
  // Most samplers repeat nothing: a bit for each index stays in the cache when a counter for each would not.
  const seen = new Uint8Array(Math.ceil(length / 8));
  let repeats: Uint32Array | null = null;
  return (index) => {
    const bit = 1 << (index & 7);
    const before = seen[index >>> 3]!;
    if ((before & bit) !== 0) return ++(repeats ??= new Uint32Array(length))[index]!;
    seen[index >>> 3] = before | bit;
    return 0;
  };
}
