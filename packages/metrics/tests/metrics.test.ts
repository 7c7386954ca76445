import { readFileSync } from 'node:fs';
import {
  ArgumentError,
  type DType,
  DTypeError,
  InputError,
  type NDArray,
  ndarray,
  type Sample,
  type Shape,
  ShapeError,
} from '@delira/core';
import { type Accumulator, accuracy, confusionMatrix, formatConfusionMatrix } from '../src/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Recorded {
  readonly truth: number[];
  readonly prediction: number[];
  readonly classes: number;
  readonly accuracy: number;
  readonly confusionMatrixRowsAreTruth: number[][];
}
const sklearn = JSON.parse(readFileSync(new URL('fixtures/sklearn.json', import.meta.url), 'utf8')) as Recorded;

const labels = (values: readonly number[], shape: Shape = [values.length], dtype: DType = 'int32'): NDArray =>
  ndarray([...values], shape, dtype);

/** The result after batches of (prediction, target). */
function run<S, R>(metric: Accumulator<S, R>, ...batches: readonly (readonly [NDArray, NDArray])[]): R {
  const state = batches.reduce(
    (previous, [pred, label]) => metric.update(previous, { pred }, { label }),
    metric.init(),
  );
  return metric.result(state);
}

/** Scores whose highest is the given class. */
function scoresFor(classes: readonly number[], count: number): NDArray {
  return ndarray(
    classes.flatMap((chosen) => Array.from({ length: count }, (_, index) => (index === chosen ? 2 : -index))),
    [classes.length, count],
  );
}

describe('accuracy', () => {
  it('counts over all batches, whatever their sizes', () => {
    const all = run(accuracy(), [scoresFor([0, 1, 2], 3), labels([0, 1, 1])], [scoresFor([1], 3), labels([0])]);
    expect(all).toBe(0.5);
  });

  it('equals scikit-learn', () => {
    expect(run(accuracy(), [scoresFor(sklearn.prediction, 4), labels(sklearn.truth)])).toBe(sklearn.accuracy);
  });

  it('takes the highest score of each pixel', () => {
    // Class 0 above class 1 in the first pixel only; channels come before pixels.
    const pred = ndarray([5, 0, 0, 1, 1, 1], [1, 2, 1, 3]);
    expect(run(accuracy(), [pred, labels([0, 1, 0], [1, 1, 3])])).toBe(2 / 3);
  });

  it('takes the first of equal scores', () => {
    expect(run(accuracy(), [ndarray([1, 3, 3], [1, 3]), labels([1])])).toBe(1);
  });

  it('compares a single output with the threshold', () => {
    const pred = ndarray([0.4, 0.5, 0.6], [3, 1]);
    expect(run(accuracy(), [pred, labels([0, 0, 1])])).toBe(1);
    expect(run(accuracy({ threshold: 0 }), [ndarray([-1, 0.1, 3], [3]), labels([0, 1, 1])])).toBe(1);
  });

  it('takes integers as classes, so the argmax may be in the graph', () => {
    expect(run(accuracy(), [labels([3, 1, 2, 0], [1, 2, 2]), labels([3, 1, 2, 2], [1, 2, 2])])).toBe(0.75);
  });

  it.each<readonly [string, NDArray]>([
    ['int32', labels([2, 0])],
    ['uint8', labels([2, 0], [2], 'uint8')],
    ['float32 of shape [N, 1]', labels([2, 0], [2, 1], 'float32')],
    ['one-hot', ndarray([0, 0, 1, 1, 0, 0], [2, 3])],
    ['bool one-hot', ndarray([0, 0, 1, 1, 0, 0], [2, 3], 'bool')],
  ])('reads %s targets', (_, target) => {
    expect(run(accuracy(), [scoresFor([2, 0], 3), target])).toBe(1);
    expect(run(accuracy(), [scoresFor([2, 1], 3), target])).toBe(0.5);
  });

  it('counts a NaN prediction as wrong', () => {
    expect(run(accuracy(), [ndarray([Number.NaN, 1, 1, 0], [2, 2]), labels([1, 0])])).toBe(0.5);
    expect(run(accuracy(), [ndarray([1, Number.NaN], [1, 2]), labels([0])])).toBe(0);
    expect(run(accuracy(), [ndarray([Number.NaN], [1]), labels([0])])).toBe(0);
  });

  it('is NaN before any sample', () => {
    expect(run(accuracy())).toBeNaN();
  });

  it('reads the entries it was told to, and says which', () => {
    const metric = accuracy({ prediction: 'logits', target: 'digit', name: 'top1' });
    expect([metric.name, metric.needs, metric.better]).toEqual(['top1', ['logits'], 'higher']);
    const state = metric.update(metric.init(), { logits: scoresFor([1], 2) }, { digit: labels([1]) });
    expect(state).toEqual({ correct: 1, total: 1 });
  });

  it('says what is missing or does not fit', () => {
    const pred = scoresFor([1, 0], 2);
    const update = (output: Sample, batch: Sample) => () => accuracy().update({ correct: 0, total: 0 }, output, batch);
    expect(update({}, { label: labels([1]) })).toThrow(
      new InputError('The metric "accuracy" reads "pred", which is not in the outputs. There: nothing.'),
    );
    expect(update({ pred }, { kind: labels([1]) })).toThrow(
      new InputError('The metric "accuracy" reads "label", which is not in the batch. There: kind.'),
    );
    expect(update({ pred }, { label: labels([1, 0, 1]) })).toThrow(ShapeError);
    expect(update({ pred }, { label: labels([1, 0], [1, 2]) })).toThrow(ShapeError);
    expect(update({ pred }, { label: ndarray([0.5, 1], [2]) })).toThrow(
      new InputError('Target 0 is 0.5. Labels are integers, the number of a class.'),
    );
    expect(update({ pred: ndarray([0, 0], [2], 'float16') }, { label: labels([0, 0]) })).toThrow(DTypeError);
  });
});

describe('confusionMatrix', () => {
  it('equals scikit-learn, a class that never occurs included', () => {
    const matrix = run(confusionMatrix({ classes: sklearn.classes }), [
      scoresFor(sklearn.prediction, 4),
      labels(sklearn.truth),
    ]);
    expect(matrix.counts).toEqual(sklearn.confusionMatrixRowsAreTruth);
    expect(matrix.accuracy).toBe(sklearn.accuracy);
    expect(matrix.total).toBe(12);
    expect(matrix.classes).toEqual(['0', '1', '2', '3']);
    expect(matrix.recall).toEqual([2 / 3, 2 / 4, 4 / 5, Number.NaN]);
    expect(matrix.precision).toEqual([2 / 3, 2 / 4, 4 / 5, Number.NaN]);
  });

  it('tells precision from recall', () => {
    const { precision, recall } = run(confusionMatrix({ classes: 2 }), [labels([1, 1, 1, 0]), labels([1, 0, 0, 0])]);
    expect([precision, recall]).toEqual([
      [1, 1 / 3],
      [1 / 3, 1],
    ]);
  });

  it('refuses classes it has no row for, and predictions that are none', () => {
    const metric = confusionMatrix({ classes: ['cat', 'dog'] });
    expect(() => run(metric, [labels([1]), labels([2])])).toThrow(
      'Target 0 is class 2, but the confusion matrix was made for classes 0 to 1.',
    );
    expect(() => run(metric, [scoresFor([0, 2], 3), labels([0, 1])])).toThrow('Prediction 1 is class 2');
    expect(() => run(metric, [ndarray([Number.NaN, 0], [1, 2]), labels([1])])).toThrow(InputError);
    expect(() => confusionMatrix({ classes: 1 })).toThrow(ArgumentError);
    expect(() => confusionMatrix({ classes: ['only'] })).toThrow(ArgumentError);
  });

  it('prints as a table', () => {
    const metric = confusionMatrix({ classes: ['cat', 'dog', 'emu'] });
    const matrix = run(metric, [labels([0, 0, 1, 1, 0]), labels([0, 0, 1, 0, 1])]);
    expect(formatConfusionMatrix(matrix).split('\n')).toEqual([
      'true \\ predicted    cat    dog  emu  recall',
      'cat                   2      1    0   66.7%',
      'dog                   1      1    0   50.0%',
      'emu                   0      0    0       –',
      'precision         66.7%  50.0%    –   60.0%',
    ]);
  });
});

describe('every accumulator', () => {
  const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 });
  const toBatch = (rows: readonly (readonly [number, number])[]) =>
    [
      scoresFor(
        rows.map(([predicted]) => predicted),
        4,
      ),
      labels(rows.map(([, truth]) => truth)),
    ] as const;

  it.each<readonly [string, Accumulator]>([
    ['accuracy', accuracy()],
    ['confusionMatrix', confusionMatrix({ classes: 4 })],
  ])('%s: batches do not matter, states are JSON and are left as they were', (_, metric) => {
    fc.assert(
      fc.property(pairs, fc.nat(40), (rows, cut) => {
        const whole = run(metric, toBatch(rows));
        const parts = [rows.slice(0, cut), rows.slice(cut)].filter((part) => part.length > 0);
        let state = metric.init();
        for (const part of parts) {
          const [pred, label] = toBatch(part);
          const before = JSON.stringify(state);
          const next = metric.update(state, { pred }, { label });
          expect(JSON.stringify(state)).toBe(before);
          state = JSON.parse(JSON.stringify(next)) as unknown;
        }
        expect(metric.result(state)).toEqual(whole);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
