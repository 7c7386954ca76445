import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/options.js';
import { largestDifference } from '../src/run.js';

describe('the command line', () => {
  it('has defaults, shorter ones for CI', () => {
    expect(parseOptions([], 'out')).toEqual({
      engines: ['onnx-training', 'tfjs-wasm'],
      epochs: 4,
      steps: 12,
      seed: 0,
      output: 'out',
      tolerance: Infinity,
    });
    expect(parseOptions(['--smoke'], 'out')).toMatchObject({ epochs: 1, steps: 4, output: 'out/smoke' });
    expect(parseOptions(['--help'], 'out')).toBeNull();
  });

  it.each([
    [['--engines', 'tfjs-wsm,reference'], /no engine "tfjs-wsm"\. Did you mean "tfjs-wasm"\?/],
    [['--engines', 'tfjs-wasm'], /takes two names/],
    [['--epochs', '0'], /--epochs must be an integer of at least 1, got "0"/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, 'out')).toThrow(message);
  });
});

describe('largestDifference', () => {
  it('is relative, and infinite where an epoch is missing', () => {
    expect(largestDifference([1.1, 2], [1, 4])).toBe(0.5);
    expect(largestDifference([1], [1, 2])).toBe(Infinity);
  });
});
