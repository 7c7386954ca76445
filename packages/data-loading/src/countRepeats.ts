/**
 * A function that says how often it was asked for an index before. An array where that is not much longer than what is asked for: a Map
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
  const counts = new Uint32Array(length);
  return (index) => counts[index]!++;
}
