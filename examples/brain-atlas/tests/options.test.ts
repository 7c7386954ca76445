import { describe, expect, it } from 'vitest';
import { type ExampleDefaults, helpOf, parseOptions } from '../src/options.js';

const defaults: ExampleDefaults = {
  script: 'segmentation-2d',
  about: 'Trains.',
  full: { epochs: 10, steps: 30, batchSize: 8, learningRate: 0.003 },
  smoke: { epochs: 1, steps: 20, batchSize: 4, dice: 0.2 },
  output: 'here',
};
const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, defaults);

describe('the options', () => {
  it('are those of the full run, unless told otherwise', () => {
    expect(parse()).toEqual({
      epochs: 10,
      steps: 30,
      batchSize: 8,
      learningRate: 0.003,
      seed: 0,
      output: 'here',
      resume: false,
      kfold: null,
      exportData: null,
      threads: null,
      flavour: 'auto',
      providers: ['cpu'],
      requiredDice: 0,
    });
    expect(parse('--kfold', '3')).toMatchObject({ kfold: 3 });
    expect(() => parse('--kfold', '1')).toThrow('--kfold must be an integer of at least 2, got "1".');
    expect(parse('--export-data', 'there', '--threads', '3', '--seed', '7')).toMatchObject({
      exportData: 'there',
      threads: 3,
      seed: 7,
    });
  });

  it('of the short run are a few steps in a folder of their own, and may be changed', () => {
    const short = { epochs: 1, steps: 20, batchSize: 4, output: 'here/smoke', requiredDice: 0.2 };
    expect(parse('--smoke')).toMatchObject(short);
    expect(parse('--smoke', '--steps', '2', '--output', 'there')).toMatchObject({ steps: 2, output: 'there' });
  });

  it('are all in the help', () => {
    expect(parse('--help')).toBeNull();
    const help = helpOf(defaults);
    for (const name of [
      'epochs',
      'steps',
      'batch-size',
      'learning-rate',
      'seed',
      'output',
      'resume',
      'export-data',
      'threads',
      'flavour',
      'provider',
      'smoke',
    ])
      expect(help).toContain(`--${name} `);
  });

  it.each([
    [['--epochs', '0'], '--epochs must be an integer of at least 1, got "0".'],
    [['--batch-size', '1.5'], '--batch-size must be an integer of at least 1, got "1.5".'],
    [['--learning-rate', 'fast'], '--learning-rate must be a number of at least 0, got "fast".'],
    [['--flavour', 'sweet'], '--flavour must be auto, portable or tuned, got "sweet".'],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(new Error(message));
  });
});
