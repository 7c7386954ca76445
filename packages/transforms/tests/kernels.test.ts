import { createRng } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { fillNoise, threefry13 } from '../src/kernels/normalNoise.js';
import { raise } from '../src/kernels/raise.js';

describe('fillNoise', () => {
  it('counts with Threefry of 13 rounds', () => {
    const words = new Int32Array(2);
    threefry13(0, 0, 0, words);
    // Random123's known answer.
    expect([...words].map((word) => (word >>> 0).toString(16))).toEqual(['9d1c5ec6', '8bd50731']);
  });

  it('is normal: its moments, and how many lie within each range', () => {
    const noise = new Float32Array(1_000_001);
    fillNoise(noise, 5);
    const moment = (power: number): number => noise.reduce((sum, value) => sum + value ** power, 0) / noise.length;
    expect(Math.abs(moment(1))).toBeLessThan(4e-3);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(6e-3);
    expect(Math.abs(moment(3))).toBeLessThan(1.6e-2);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4e-2);
    const shares = [-3, -2, -1, 0, 1, 2, 3].map(
      (bound) => noise.filter((value) => value < bound).length / noise.length,
    );
    [0.00135, 0.02275, 0.158655, 0.5, 0.841345, 0.97725, 0.99865].forEach((expected, index) =>
      expect(Math.abs(shares[index]! - expected)).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / noise.length),
      ),
    );
  });

  it('depends on all 53 bits of the seed, and a number on its place alone', () => {
    const draw = (length: number, seed: number): Float32Array => {
      const noise = new Float32Array(length);
      fillNoise(noise, seed);
      return noise;
    };
    expect(draw(3, 7)).toEqual(draw(100, 7).subarray(0, 3));
    expect(draw(3, 7 + 2 ** 32)).not.toEqual(draw(3, 7));
    expect(draw(3, 8)).not.toEqual(draw(3, 7));
    expect(draw(0, 8)).toHaveLength(0);
  });
});

describe('raise', () => {
  it.each([0.3, 0.7, 1.5, 3])('is Math.pow to float32 precision: %d', (gamma) => {
    const rng = createRng(1);
    const values = Float32Array.from({ length: 20_000 }, (_, i) =>
      i < 10_000 ? rng.uniform() : 2 ** (-40 * rng.uniform()),
    );
    const raised = values.slice();
    raise(raised, gamma);
    const worst = raised.reduce((most, value, i) => Math.max(most, Math.abs(value / values[i]! ** gamma - 1)), 0);
    // The last digit of float32 is 6e-8, and the third power triples what the polynomials are off.
    expect(worst).toBeLessThan(1.5e-7);
  });

  it('knows zero, one, and what is no number', () => {
    const values = Float32Array.of(0, -0, 1, NaN);
    raise(values, 0.5);
    expect([...values]).toEqual([0, 0, 1, NaN]);
  });
});
