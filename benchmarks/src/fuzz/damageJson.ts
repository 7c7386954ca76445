import type { Rng } from '@delira/core';
import { pick } from './damage.js';

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, -1e308, '', '0', '../../etc/passwd', '\u0000', 'x'.repeat(10_000)],
  ...[
    [],
    {},
    [[]],
    [null],
    { '0': 0 },
    { '': '' },
    { length: 5 },
    { toString: null },
    { constructor: { prototype: 1 } },
  ],
  JSON.parse('{"__proto__": {"polluted": true}}'),
];

/** One value somewhere in a tree is replaced, left out, or comes under another name. */
export function damageJson(value: unknown, rng: Rng): unknown {
  if (typeof value !== 'object' || value === null || rng.int(6) === 0) return pick(VALUES, rng);
  const entries = Object.entries(value);
  if (entries.length === 0) return pick(VALUES, rng);
  const at = rng.int(entries.length);
  const [name, old] = entries[at]!;
  const change = rng.int(8);
  if (Array.isArray(value)) {
    if (change === 0) return value.toSpliced(at, 1);
    if (change === 1) return Array.from({ length: 200 }, () => value as unknown[]).flat();
    return value.with(at, damageJson(old, rng));
  }
  if (change === 0) return Object.fromEntries(entries.toSpliced(at, 1));
  if (change === 1)
    return Object.fromEntries(entries.with(at, [pick(['', '__proto__', '99999999999', name + name], rng), old]));
  return Object.fromEntries(entries.with(at, [name, damageJson(old, rng)]));
}
