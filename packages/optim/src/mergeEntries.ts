import { ArgumentError } from '@delira/core';

/** Joins records. @throws ArgumentError when two have a key in common. */
export function mergeEntries<T>(
  owner: string,
  what: string,
  records: readonly Readonly<Record<string, T>>[],
): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) {
      if (Object.hasOwn(merged, key))
        throw new ArgumentError(
          `${owner}: two of its parts have the ${what} "${key}". Combine transforms of different kinds, with one optimizer among them.`,
        );
      merged[key] = value;
    }
  }
  return merged;
}

/** The entries of `state` whose keys `part` declares. */
export function pickEntries<T>(state: Readonly<Record<string, T>>, keys: Iterable<string>): Record<string, T> {
  const picked: Record<string, T> = {};
  for (const key of keys) picked[key] = state[key]!;
  return picked;
}
