import { describe, expect, it } from 'vitest';
import { blockSizes, interpretProbe, makeProbe } from '../src/index.js';
import { runLowered } from './support/runLowered.js';

describe('makeProbe', () => {
  it.each(blockSizes)('agrees with itself on a machine with blocks of %d, and with no other', (block) => {
    const { program, batch, tuned } = makeProbe(block);
    const run = (machine: number): Record<string, ArrayLike<number>> =>
      Object.fromEntries(
        Object.entries(runLowered(program, tuned, { batch }, machine).outputs).map(([name, { data }]) => [name, data]),
      );
    const expected = run(block);
    expect(interpretProbe(expected, run(block))).toBeNull();
    expect(interpretProbe(expected, run(24 - block))?.difference).toBeGreaterThan(0.1);
  });
});

describe('interpretProbe', () => {
  it('names the output that differs most', () => {
    expect(interpretProbe({ a: [1, 2], b: [10, 0] }, { a: [1, 2.1], b: [10, 1e-6] })).toEqual({
      output: 'a',
      difference: expect.closeTo(0.05, 6),
    });
  });

  it('accepts what rounding explains', () => {
    expect(interpretProbe({ a: [1, 2] }, { a: [1, 2 + 1e-6] })).toBeNull();
  });

  it('refuses NaN and missing outputs', () => {
    expect(interpretProbe({ a: [1, 2] }, { a: [1, NaN] })).toEqual({ output: 'a', difference: Infinity });
    expect(interpretProbe({ a: [1, 2] }, {})).toEqual({ output: 'a', difference: Infinity });
  });
});
