import { describe, expect, it } from 'vitest';
import { help, parseOptions } from '../src/options.js';

const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, 'here');

describe('the options', () => {
  it('are those of the full run, unless told otherwise', () => {
    expect(parse()).toEqual({
      epochs: 1,
      batchSize: 64,
      learningRate: 0.002,
      seed: 0,
      output: 'here',
      resume: false,
      digits: Infinity,
      testDigits: Infinity,
      threads: null,
      flavour: 'auto',
      providers: ['cpu'],
      requiredAccuracy: 0,
    });
    expect(parse('--provider', 'cuda', '--provider', 'cpu', '--threads', '3')).toMatchObject({
      providers: ['cuda', 'cpu'],
      threads: 3,
    });
  });

  it('of the short run are a few digits in a folder of their own, and may be changed', () => {
    const short = { batchSize: 16, digits: 1024, testDigits: 500, output: 'here/smoke', requiredAccuracy: 0.6 };
    expect(parse('--smoke')).toMatchObject(short);
    expect(parse('--smoke', '--digits', '64', '--output', 'there')).toMatchObject({ digits: 64, output: 'there' });
  });

  it('are all in the help', () => {
    expect(parse('--help')).toBeNull();
    for (const name of [
      'epochs',
      'batch-size',
      'learning-rate',
      'seed',
      'output',
      'resume',
      'digits',
      'test-digits',
      'threads',
      'flavour',
      'provider',
      'smoke',
    ])
      expect(help).toContain(`--${name} `);
  });

  it.each([
    [['--epochs', '0'], '--epochs must be an integer of at least 1, got "0".'],
    [['--batch-size', '1.5'], '--batch-size must be an integer of at least 2, got "1.5".'],
    [['--learning-rate', 'fast'], '--learning-rate must be a number of at least 0, got "fast".'],
    [['--flavour', 'sweet'], '--flavour must be auto, portable or tuned, got "sweet".'],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(new Error(message));
  });
});
