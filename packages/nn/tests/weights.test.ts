import { full, Module, namedVariables, ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { BatchNorm2d, Conv2d, freeze, Linear, matchWeights, thaw, WeightsError } from '../src/index.js';
import { initialState } from './runLayer.js';

class Small extends Module {
  readonly conv = new Conv2d(1, 2, { kernel: 3, bias: false });
  readonly bn = new BatchNorm2d(2);
  readonly fc = new Linear(2, 3);
}

const weightsOf = (module: Module) => new Map([...initialState(module, 5)]);

describe('matchWeights', () => {
  it('matches names and shapes, in the dtypes of the variables', () => {
    const weights = weightsOf(new Small());
    weights.set('fc.bias', ndarray([1, 2, 3], [3], 'float64'));
    const { entries, missing, unexpected, mismatched } = matchWeights(new Small(), weights);
    expect([...entries.keys()].sort()).toEqual([...namedVariables(new Small()).keys()].sort());
    expect(entries.get('fc.bias')).toEqual(ndarray([1, 2, 3], [3]));
    expect(entries.get('bn.num_batches_tracked')!.dtype).toBe('int32');
    expect([missing, unexpected, mismatched]).toEqual([[], [], []]);
  });

  it('does without the counters of batch norm, which old files lack', () => {
    const weights = weightsOf(new Small());
    weights.delete('bn.num_batches_tracked');
    expect(matchWeights(new Small(), weights).missing).toEqual([]);
  });

  const damaged = () => {
    const weights = weightsOf(new Small());
    weights.delete('conv.weight');
    weights.set('fc.weight', full([5, 2], 0));
    weights.set('head.weight', full([1], 0));
    return weights;
  };
  const problems = {
    missing: ['conv.weight'],
    unexpected: ['head.weight'],
    mismatched: [{ name: 'fc.weight', expected: [3, 2], actual: [5, 2] }],
  };

  it('throws when anything does not fit', () => {
    let thrown: unknown;
    try {
      matchWeights(new Small(), damaged());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(WeightsError);
    expect(thrown).toMatchObject({ code: 'WEIGHTS', ...problems });
    expect((thrown as WeightsError).message).toBe(
      'The weights do not fit Small: 1 missing (conv.weight), 1 unexpected (head.weight), 1 of another shape (fc.weight is [5, 2] instead of [3, 2]). Build the network the weights were trained in, or pass { partial: true } to use those that fit.',
    );
  });

  it('uses what fits and reports the rest where asked', () => {
    const { entries, ...reported } = matchWeights(new Small(), damaged(), { partial: true });
    expect(reported).toEqual(problems);
    expect([...entries.keys()].sort()).toEqual([
      'bn.bias',
      'bn.num_batches_tracked',
      'bn.running_mean',
      'bn.running_var',
      'bn.weight',
      'fc.bias',
    ]);
  });

  it('renames and leaves out', () => {
    const weights = new Map([...weightsOf(new Small())].map(([name, array]) => [`model.${name}`, array]));
    weights.set('optimizer.step', full([], 1));
    const rename = (name: string) => (name.startsWith('model.') ? name.slice('model.'.length) : null);
    expect(matchWeights(new Small(), weights, { rename }).entries.size).toBe(8);
    expect(() => matchWeights(new Small(), weights, { partial: true })).toThrow(
      /No weight fits at all: check the names/,
    );
  });

  it('lists the first few names only', () => {
    const weights = weightsOf(new Small());
    for (let index = 0; index < 9; index++) weights.set(`other${index}`, full([1], 0));
    expect(() => matchWeights(new Small(), weights)).toThrow(
      /9 unexpected \(other0, other1, other2, other3, other4, …\)/,
    );
  });
});

describe('freeze and thaw', () => {
  it('concern parameters and batch norm alike', () => {
    const module = new Small();
    const state = () => [
      [...namedVariables(module)].filter(([, { trainable }]) => trainable).map(([name]) => name),
      module.bn.frozen,
    ];
    expect(freeze(module, (name) => !name.startsWith('fc.'))).toEqual(['conv.weight', 'bn.weight', 'bn.bias']);
    expect(state()).toEqual([['fc.weight', 'fc.bias'], true]);
    expect(thaw(module, (name) => name === 'conv.weight')).toEqual(['conv.weight']);
    expect(state()).toEqual([['conv.weight', 'fc.weight', 'fc.bias'], true]);
    thaw(module);
    expect(state()).toEqual([['conv.weight', 'bn.weight', 'bn.bias', 'fc.weight', 'fc.bias'], false]);
    freeze(module);
    expect(state()).toEqual([[], true]);
  });

  it('reaches a lone layer', () => {
    const layer = new BatchNorm2d(2);
    freeze(layer);
    expect(layer.frozen).toBe(true);
  });
});
