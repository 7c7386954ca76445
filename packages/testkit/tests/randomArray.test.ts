import { createRng, DTypeError, type DType } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { randomArray } from '../src/index.js';

const draw = (dtype: DType, domain?: readonly [number, number], seed = 1): number[] =>
  Array.from(randomArray({ shape: [50, 20], dtype }, domain, createRng(seed)).data);

describe('randomArray', () => {
  it('fills the domain', () => {
    const values = draw('float32', [0.5, 2]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.5);
    expect(Math.min(...values)).toBeLessThan(0.52);
    expect(Math.max(...values)).toBeLessThan(2);
    expect(Math.max(...values)).toBeGreaterThan(1.98);
  });

  it('draws every integer of the domain, without its end', () => {
    expect([...new Set(draw('int32', [-2, 2]))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1]);
    expect([...new Set(draw('int32'))].sort()).toEqual([0, 1, 2]);
    expect([...new Set(draw('bool'))].sort()).toEqual([0, 1]);
  });

  it('is a function of the stream', () => {
    expect(draw('float64', undefined, 3)).toEqual(draw('float64', undefined, 3));
    expect(draw('float64', undefined, 3)).not.toEqual(draw('float64', undefined, 4));
  });

  it('does not draw float16, whose numbers the host cannot read', () => {
    expect(() => draw('float16')).toThrow('randomArray does not draw float16');
    expect(() => draw('float16')).not.toThrow(DTypeError);
  });
});
