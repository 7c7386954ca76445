import { ArgumentError } from '@delira/core';
import { RandomSampler, type Sampler, SequentialSampler } from '../src/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const draw = (sampler: Sampler, epoch = 0): number[] => [...sampler.indices(epoch)];

describe('SequentialSampler', () => {
  it('visits every index in order, in every epoch', () => {
    const sampler = new SequentialSampler(4);
    expect(sampler.length).toBe(4);
    expect(draw(sampler, 0)).toEqual([0, 1, 2, 3]);
    expect(draw(sampler, 7)).toEqual([0, 1, 2, 3]);
  });

  it('takes the length of a dataset', () => {
    expect(draw(new SequentialSampler({ length: 2 }))).toEqual([0, 1]);
  });

  it('gives the indices it was told to choose among', () => {
    expect(draw(new SequentialSampler([5, 9, 11]))).toEqual([5, 9, 11]);
  });

  it('is not changed by a later change of the list', () => {
    const indices = [1, 2];
    const sampler = new SequentialSampler(indices);
    indices.push(3);
    expect(draw(sampler)).toEqual([1, 2]);
  });
});

describe('RandomSampler', () => {
  it('orders as recorded: saved runs rely on it', () => {
    expect(draw(new RandomSampler(8, { seed: 1 }), 0)).toEqual([5, 3, 4, 6, 0, 2, 7, 1]);
    expect(draw(new RandomSampler(8, { seed: 1 }), 1)).toEqual([2, 5, 3, 0, 7, 4, 1, 6]);
    expect(draw(new RandomSampler(8, { seed: 1, replacement: true }), 0)).toEqual([1, 5, 6, 5, 5, 1, 7, 2]);
  });

  it('gives every index once per epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.maxSafeInteger(), fc.nat(), (length, seed, epoch) => {
        const order = draw(new RandomSampler(length, { seed }), epoch);
        expect(order.sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('is a pure function of seed and epoch', () => {
    const sampler = new RandomSampler(50, { seed: 3 });
    const fourth = draw(sampler, 4);
    draw(sampler, 0);
    expect(draw(sampler, 4)).toEqual(fourth);
    expect(draw(new RandomSampler(50, { seed: 3 }), 4)).toEqual(fourth);
    expect(draw(sampler, 5)).not.toEqual(fourth);
    expect(draw(new RandomSampler(50, { seed: 4 }), 4)).not.toEqual(fourth);
  });

  it('draws a part of the indices', () => {
    const sampler = new RandomSampler([10, 20, 30, 40], { numSamples: 3 });
    expect(sampler.length).toBe(3);
    const order = draw(sampler);
    expect(new Set(order).size).toBe(3);
    expect([10, 20, 30, 40]).toEqual(expect.arrayContaining(order));
  });

  it('draws with replacement: more than there are, each equally often in the long run', () => {
    const order = draw(new RandomSampler([7, 8], { replacement: true, numSamples: 10_000, seed: 5 }));
    const sevens = order.filter((index) => index === 7).length;
    expect(order).toHaveLength(10_000);
    expect(sevens + order.filter((index) => index === 8).length).toBe(10_000);
    // Five standard deviations of the binomial distribution around its mean.
    expect(Math.abs(sevens - 5000)).toBeLessThan(250);
  });
});

describe('errors', () => {
  const message = (create: () => unknown): string => {
    try {
      create();
    } catch (error) {
      if (error instanceof ArgumentError) return error.message;
    }
    return 'no ArgumentError';
  };

  it('says what is wrong with the source', () => {
    expect(message(() => new SequentialSampler(0))).toContain('nothing to draw from');
    expect(message(() => new RandomSampler([]))).toContain('nothing to draw from');
    expect(message(() => new SequentialSampler(1.5))).toContain('got 1.5');
    expect(message(() => new SequentialSampler(-1))).toContain('got -1');
    expect(message(() => new RandomSampler([0, -2]))).toContain('Position 1 of the list of indices holds -2');
  });

  it('says what is wrong with the options', () => {
    expect(message(() => new RandomSampler(3, { numSamples: 4 }))).toContain(
      'Cannot draw 4 samples out of 3 without replacement',
    );
    expect(message(() => new RandomSampler(3, { numSamples: 0 }))).toContain(
      'numSamples must be a positive integer, got 0',
    );
    expect(message(() => new RandomSampler(3, { seed: 0.5 }))).toContain('seed');
    expect(message(() => draw(new RandomSampler(3), -1))).toContain('An epoch is counted 0, 1, 2');
  });
});
