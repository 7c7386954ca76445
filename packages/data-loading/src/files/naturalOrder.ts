const natural = new Intl.Collator('en', { numeric: true });

/** Compares names as people sort them, `case2` before `case10`; names that differ at all never compare equal. */
export function naturalOrder(left: string, right: string): number {
  return natural.compare(left, right) || (left < right ? -1 : left > right ? 1 : 0);
}
