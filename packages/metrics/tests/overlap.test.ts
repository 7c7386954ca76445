import { ArgumentError, InputError, type NDArray, ndarray } from '@delira/core';
import { type Accumulator, dice, iou, overlapScores } from '../src/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const labels = (values: readonly number[], shape: readonly number[] = [values.length]): NDArray =>
  ndarray([...values], shape, 'int32');

function run<S, R>(metric: Accumulator<S, R>, ...batches: readonly (readonly [NDArray, NDArray])[]): R {
  const state = batches.reduce(
    (previous, [pred, label]) => metric.update(previous, { pred }, { label }),
    metric.init(),
  );
  return metric.result(state);
}

describe('overlapScores', () => {
  it('gives Dice and IoU of each class, and the means without the background', () => {
    const scores = run(overlapScores({ classes: ['background', 'left', 'right'] }), [
      labels([0, 0, 1, 1, 2, 2], [1, 6]),
      labels([0, 1, 1, 1, 2, 0], [1, 6]),
    ]);
    expect(scores).toEqual({
      classes: ['background', 'left', 'right'],
      dice: [1 / 2, 4 / 5, 2 / 3],
      iou: [1 / 3, 2 / 3, 1 / 2],
      meanDice: (4 / 5 + 2 / 3) / 2,
      meanIou: (2 / 3 + 1 / 2) / 2,
    });
  });

  it('takes the class with the highest score, and one-hot targets', () => {
    const pred = ndarray([5, 0, 0, 1, 1, 1], [1, 2, 3]);
    const oneHot = ndarray([1, 0, 1, 0, 1, 0], [1, 2, 3]);
    expect(run(overlapScores({ classes: 2 }), [pred, oneHot]).dice).toEqual([2 / 3, 2 / 3]);
  });

  it('counts voxels over the whole set by default: no mean of means', () => {
    const metric = dice({ classes: 2 });
    const batches = [
      [labels([1, 1, 1, 1], [1, 4]), labels([1, 1, 1, 0], [1, 4])],
      [labels([0, 0], [1, 2]), labels([1, 0], [1, 2])],
    ] as const;
    // Dice of the samples: 6/7 and 0. Over all voxels: 2·3 / (4 + 4).
    expect(run(metric, ...batches)).toBe(6 / 8);
    expect(run(dice({ classes: 2, over: 'sample' }), ...batches)).toBe(3 / 7);
    expect(run(iou({ classes: 2, over: 'sample' }), ...batches)).toBe(3 / 8);
  });

  it('over samples, leaves out those without the class', () => {
    const metric = overlapScores({ classes: 3, over: 'sample' });
    const pred = labels([1, 0, 0, 0, 2, 0], [3, 2]);
    const label = labels([1, 1, 0, 0, 0, 0], [3, 2]);
    const scores = run(metric, [pred, label]);
    expect(scores.dice).toEqual([(0 + 1 + 2 / 3) / 3, 2 / 3, 0]);
    expect(scores.iou).toEqual([(0 + 1 + 1 / 2) / 3, 1 / 2, 0]);
  });

  it('gives NaN for a class that is neither there nor predicted, and leaves it out of the mean', () => {
    const scores = run(overlapScores({ classes: 3 }), [labels([0, 1]), labels([0, 1])]);
    expect(scores.dice).toEqual([1, 1, NaN]);
    expect(scores.meanDice).toBe(1);
    expect(dice({ classes: 3 }).result(dice({ classes: 3 }).init())).toBeNaN();
  });

  it('counts the background, and leaves a label out, when told to', () => {
    const batch = [labels([0, 0, 1]), labels([0, 1, 255])] as const;
    expect(run(dice({ classes: 2, ignoreIndex: 255, background: true }), batch)).toBe((2 / 3 + 0) / 2);
    expect(run(iou({ classes: 2, ignoreIndex: 255, background: true }), batch)).toBe((1 / 2 + 0) / 2);
  });

  it('takes a NaN score for a voxel of no class', () => {
    const scores = run(overlapScores({ classes: 2 }), [ndarray([NaN, 0.9], [2, 1]), labels([1, 1], [2, 1])]);
    expect(scores.dice).toEqual([NaN, 2 / 3]);
  });

  it('does not depend on how the set is cut into batches', () => {
    const voxels = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(voxels, fc.nat(), fc.constantFrom('set', 'sample'), (pairs, cut, over) => {
        const metric = overlapScores({ classes: 3, over });
        const part = (from: number, to: number): [NDArray, NDArray] => [
          labels(pairs.slice(from, to).map(([pred]) => pred)),
          labels(pairs.slice(from, to).map(([, label]) => label)),
        ];
        const at = 1 + (cut % (pairs.length - 1));
        expect(run(metric, part(0, at), part(at, pairs.length))).toEqual(run(metric, part(0, pairs.length)));
      }),
    );
  });

  it('has a state that JSON holds, and leaves the old one as it was', () => {
    const metric = dice({ classes: 2 });
    const first = metric.update(metric.init(), { pred: labels([1]) }, { label: labels([1]) });
    const kept = structuredClone(first);
    metric.update(first, { pred: labels([0]) }, { label: labels([1]) });
    expect(first).toEqual(kept);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  it('says what is wrong', () => {
    expect(() => dice({ classes: 1 })).toThrow(
      new ArgumentError('Overlaps need at least 2 classes, the background being one; got 1.'),
    );
    expect(() => run(dice({ classes: 2 }), [labels([0, 1]), labels([0, 2])])).toThrow(
      new InputError(
        'Target 1 is class 2, but the metric was made for classes 0 to 1. Give it more classes, set ignoreIndex, or correct the labels.',
      ),
    );
    expect(() => run(dice({ classes: 2 }), [labels([2]), labels([0])])).toThrow(InputError);
    expect(() => dice({ classes: 2 }).update(dice({ classes: 2 }).init(), {}, {})).toThrow(
      'The metric "dice" reads "pred", which is not in the outputs.',
    );
  });
});
