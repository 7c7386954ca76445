import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { drawGrid } from '../src/drawGrid.js';
import { help, parseOptions } from '../src/options.js';
import { scoreOf } from '../src/scoreOf.js';

const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, 'here');

describe('the score', () => {
  it('is the mean probability of the likeliest class, and the entropy of all', () => {
    const half = Math.log(0.5);
    const quarter = Math.log(0.25);
    const { confidence, balance } = scoreOf(ndarray([half, quarter, quarter, 90, 0, 0], [2, 3]));
    expect(confidence).toBeCloseTo(0.75, 6);
    const entropy = -(0.75 * Math.log(0.75) + 2 * 0.125 * Math.log(0.125));
    expect(balance).toBeCloseTo(entropy / Math.log(3), 6);
  });

  it('is 1 for sure and balanced classes, without balance for a single one', () => {
    expect(scoreOf(ndarray([900, 0, 0, 900], [2, 2]))).toEqual({ confidence: 1, balance: 1 });
    expect(scoreOf(ndarray([900, 0, 900, 0], [2, 2]))).toEqual({ confidence: 1, balance: 0 });
  });
});

describe('the picture', () => {
  it('shows images in rows, from black to white, with grey between them', () => {
    const picture = drawGrid(ndarray([-1, 1, 0], [3, 1, 1, 1]), 2);
    expect(picture.shape).toEqual([8, 8]);
    const row = (y: number): number[] => Array.from(picture.data.subarray(8 * y, 8 * y + 8));
    expect(row(2)).toEqual([128, 128, 0, 128, 128, 255, 128, 128]);
    expect(row(5)[2]).toBe(128);
    expect(row(0)).toEqual(new Array(8).fill(128));
  });
});

describe('the options', () => {
  it('are those of the full run, or of a short one in a folder of its own', () => {
    expect(parse()).toMatchObject({ output: 'here', resume: false, seed: 0, highestBrightness: Infinity });
    expect(parse('--smoke', '--features', '2')).toMatchObject({ features: 2, output: 'here/smoke' });
    expect(parse('--smoke')!.highestBrightness).toBeLessThan(0);
    expect(parse('--help')).toBeNull();
    expect(help).toContain('--features N');
  });

  it('that are wrong are refused by name', () => {
    expect(() => parse('--epochs', '0')).toThrow(new Error('--epochs must be an integer of at least 1, got "0".'));
    expect(() => parse('--learning-rate', 'x')).toThrow(/--learning-rate must be a number of at least 0, got "x"/);
  });
});
