import { createRng, namedVariables, ndarray, paramsOf } from '@delira/core';
import { ArrayDataset, type Subset } from '@delira/data-loading';
import { ResNet18 } from '@delira/models-classification';
import { freeze } from '@delira/nn';
import { describe, expect, it } from 'vitest';
import { ofClasses, prepare } from '../src/digits.js';
import { help, parseOptions } from '../src/options.js';
import { isEarly } from '../src/run.js';

describe('the digits of some classes', () => {
  const digits = new ArrayDataset({
    data: ndarray([0, 10, 20, 30, 40, 50], [6, 1, 1, 1], 'uint8'),
    label: ndarray([7, 1, 9, 7, 7, 9], [6], 'uint8'),
  });

  it('are the first of each, in their order', () => {
    expect((ofClasses(digits, [9, 7]) as Subset).indices).toEqual([0, 2, 3, 4, 5]);
    expect((ofClasses(digits, [9, 7], 1) as Subset).indices).toEqual([0, 2]);
  });

  it('get the place of their class as label, and pixels around 0', async () => {
    const sample = await prepare([7, 9])(digits.get(2), createRng(0));
    expect(sample['label']).toEqual(ndarray([1], [], 'int32'));
    expect(sample['data']!.data[0]).toBeCloseTo((20 / 255 - 0.1307) / 0.3081, 6);
  });
});

describe('the frozen layers', () => {
  it('are the stem and the first two stages', () => {
    const network = new ResNet18({ inChannels: 1, numClasses: 4 });
    const parameters = new Set(paramsOf(network));
    expect(freeze(network, isEarly)).toHaveLength(30);
    const left = [...namedVariables(network)].filter(([, variable]) => parameters.has(variable) && variable.trainable);
    expect(new Set(left.map(([name]) => name.split('.')[0]))).toEqual(new Set(['layer3', 'layer4', 'fc']));
  });
});

describe('the options', () => {
  const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, 'here');

  it('are those of the full run, or of a short one in a folder of its own', () => {
    expect(parse()).toMatchObject({ perClass: 10, weights: null, output: 'here', requiredGain: -Infinity });
    expect(parse('--smoke', '--weights', 'w.safetensors')).toMatchObject({
      weights: 'w.safetensors',
      output: 'here/smoke',
    });
    expect(parse('--smoke')!.requiredGain).toBeGreaterThan(0);
    expect(parse('--help')).toBeNull();
    expect(help).toContain('--weights FILE');
  });

  it('that are wrong are refused by name', () => {
    expect(() => parse('--per-class', '0')).toThrow(
      new Error('--per-class must be an integer of at least 1, got "0".'),
    );
  });
});
