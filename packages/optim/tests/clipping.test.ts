import fc from 'fast-check';
import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, clipByValue } from '../src/index.js';
import { applyTransform } from './applyTransform.js';
import { fixture, tolerance } from './fixture.js';

describe('clipByGlobalNorm', () => {
  it.each(fixture.clipByGlobalNorm)('equals PyTorch for a norm of $norm and a maximum of $maximumNorm', async (row) => {
    const clipped = await applyTransform(clipByGlobalNorm(row.maximumNorm), fixture.gradients[0]!);
    clipped.forEach((values, index) => expectClose(values, row.clipped[index]!, tolerance));
  });

  it('never gives a norm above the maximum and keeps the direction', async () => {
    const vector = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(vector, vector, async (a, b) => {
        const clipped = await applyTransform(clipByGlobalNorm(1), [a, b]);
        const flat = [...a, ...b];
        const result = clipped.flat();
        expect(Math.hypot(...result)).toBeLessThanOrEqual(1);
        const factor = Math.min(1, 1 / (Math.hypot(...flat) + 1e-6));
        expectClose(
          result,
          flat.map((value) => value * factor),
          tolerance,
        );
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('refuses a maximum of zero', () => {
    expect(() => clipByGlobalNorm(0)).toThrow(/maximumNorm is 0; it must be a number greater than 0/);
  });
});

describe('clipByValue', () => {
  it('limits each element', async () => {
    expect(
      await applyTransform(clipByValue(0.5), [
        [-2, -0.5, 0.25],
        [0.5, 7],
      ]),
    ).toEqual([
      [-0.5, -0.5, 0.25],
      [0.5, 0.5],
    ]);
  });
});
