import { describe, expect, it } from 'vitest';
import { createRng, permutation, type Rng, threefry2x32, threefry2x32With13Rounds } from '../src/index.js';

function block(key: readonly [number, number], counter: readonly [number, number]): string {
  const out = new Uint32Array(2);
  threefry2x32(...key, ...counter, out);
  return [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

const draws = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => rng.uniform());
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('threefry2x32', () => {
  // Known answers of Random123, the authors' library.
  it.each([
    [[0, 0], [0, 0], '6b200159 99ba4efe'],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], 'c4923a9c 483df7a0'],
  ] as const)('key %o counter %o', (key, counter, expected) => {
    expect(block(key, counter)).toBe(expected);
  });

  it('with 13 rounds', () => {
    const out = new Uint32Array(2);
    threefry2x32With13Rounds(0, 0, 0, 0, out);
    expect([...out].map((word) => word.toString(16))).toEqual(['9d1c5ec6', '8bd50731']);
  });
});

describe('Rng', () => {
  it('is a function of the seed', () => {
    expect(draws(createRng(42), 5)).toEqual(draws(createRng(42), 5));
    expect(draws(createRng(42), 5)).not.toEqual(draws(createRng(43), 5));
  });

  it('gives the numbers it always gave', () => {
    // Reproducibility across releases: these may never change. The first two are the known answer for key 0, counter 0.
    expect(draws(createRng(0), 3)).toEqual([0x6b2001 / 0x1000000, 0x99ba4e / 0x1000000, 0.3146817088127136]);
    expect(createRng(0).normal()).toBeCloseTo(-0.8404423100827533, 12);
    expect(createRng(7).fork('init', 'conv1.weight').uniform()).toBe(0.47529667615890503);
    expect(createRng(7).fork('noise', 3, 'z').int(1000)).toBe(513);
  });

  it('tells all 53 bits of a seed apart', () => {
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => createRng(seed).uniform())).size).toBe(seeds.length);
  });

  it.each([0.5, NaN, Infinity, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => createRng(seed)).toThrow('A seed must be a safe integer');
  });

  it('forks by a pure function of the path', () => {
    const parent = createRng(1);
    const before = draws(parent.fork('a', 3), 4);
    draws(parent, 17);
    expect(draws(parent.fork('a', 3), 4)).toEqual(before);
  });

  it('does not advance when forked', () => {
    const [forked, plain] = [createRng(1), createRng(1)];
    forked.fork('a');
    expect(draws(forked, 4)).toEqual(draws(plain, 4));
  });

  it('gives different paths different streams', () => {
    const root = createRng(1);
    const forks = [
      root,
      root.fork('a'),
      root.fork('b'),
      root.fork('a', 'b'),
      root.fork('ab'),
      root.fork('b', 'a'),
      root.fork('a').fork('a'),
      root.fork(1),
      root.fork('1'),
      root.fork('#1'),
      root.fork(1, 1),
      root.fork(11),
      root.fork(''),
      root.fork('', ''),
    ];
    expect(new Set(forks.map((rng) => rng.uniform())).size).toBe(forks.length);
    expect(draws(root.fork('a').fork('b'), 3)).toEqual(draws(createRng(1).fork('a', 'b'), 3));
  });

  it('gives neighbouring forks uncorrelated numbers', () => {
    const count = 4000;
    for (const [left, right] of [
      [createRng(0).fork(1), createRng(0).fork(2)],
      [createRng(0), createRng(1)],
      [createRng(5), createRng(5).fork('x')],
    ] as const) {
      const products = Array.from({ length: count }, () => (left.uniform() - 0.5) * (right.uniform() - 0.5) * 12);
      expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(count));
    }
  });
});

describe('distributions', () => {
  const count = 40_000;
  const error = 4 / Math.sqrt(count);

  it('uniform: moments, range, and exact in float32', () => {
    const values = draws(createRng(3), count);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(error * Math.sqrt(1 / 12));
    expect(Math.abs(mean(values.map((value) => value * value)) - 1 / 3)).toBeLessThan(error * Math.sqrt(4 / 45));
    expect(values.every((value) => Math.fround(value) === value)).toBe(true);
  });

  it('normal: moments up to the fourth', () => {
    const rng = createRng(4);
    const values = Array.from({ length: count }, () => rng.normal());
    const moment = (power: number): number => mean(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96));
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('int: every number equally often', () => {
    const rng = createRng(5);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < count; i++) counts[rng.int(7)]!++;
    const expected = count / 7;
    const chiSquare = counts.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
    // 99.9th percentile for six degrees of freedom.
    expect(chiSquare).toBeLessThan(22.46);
  });

  it('int: bounds', () => {
    const rng = createRng(6);
    expect(Array.from({ length: 5 }, () => rng.int(1))).toEqual([0, 0, 0, 0, 0]);
    expect(rng.int(2 ** 32)).toBeLessThan(2 ** 32);
    for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => rng.int(bound)).toThrow('needs an integer bound');
  });

  it('fill equals drawing one by one', () => {
    const uniform = new Float64Array(5);
    createRng(7).fillUniform(uniform);
    expect([...uniform]).toEqual(draws(createRng(7), 5));
    const normal = new Float64Array(5);
    createRng(8).fillNormal(normal);
    const one = createRng(8);
    expect([...normal]).toEqual(Array.from({ length: 5 }, () => one.normal()));
  });
});

describe('permutation', () => {
  it('holds every number once, in an order of the seed', () => {
    const order = permutation(100, createRng(1));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect([...permutation(100, createRng(1))]).toEqual([...order]);
    expect([...permutation(100, createRng(2))]).not.toEqual([...order]);
    expect([...permutation(0, createRng(1))]).toEqual([]);
  });

  it('gives every order of three equally often', () => {
    const rng = createRng(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = permutation(3, rng).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquare = [...counts.values()].reduce((sum, found) => sum + (found - 1000) ** 2 / 1000, 0);
    // 99.9th percentile for five degrees of freedom.
    expect(chiSquare).toBeLessThan(20.52);
  });
});
