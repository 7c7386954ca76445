import { ArgumentError, InputError, type NDArray, ndarray, ShapeError, sliceRows } from '@delira/core';
import { type FixtureArray, fixtureArray, loadFixture } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  type Accumulator,
  auroc,
  averagePrecision,
  averageSurfaceDistance,
  balancedAccuracy,
  f1,
  fBeta,
  hausdorffDistance,
  matthewsCorrelation,
  meanAbsoluteError,
  meanSquaredError,
  precision,
  psnr,
  recall,
  ssim,
  surfaceDice,
  surfaceScores,
} from '../src/index.js';
import { labels, run } from './support.js';

type Averages = Readonly<Record<'macro' | 'weighted' | 'micro', number>>;
interface Recorded {
  readonly classes: {
    readonly truth: number[];
    readonly prediction: number[];
    readonly balancedAccuracy: number;
    readonly matthewsCorrelation: number;
    readonly precision: Averages;
    readonly recall: Averages;
    readonly f1: Averages;
    readonly perClass: Readonly<Record<'precision' | 'recall' | 'f1', number[]>>;
    readonly f2: number;
    readonly binary: { readonly truth: number[]; readonly prediction: number[]; readonly matthewsCorrelation: number };
  };
  readonly rankings: {
    readonly binary: { scores: FixtureArray; truth: number[]; auroc: number; averagePrecision: number };
    readonly multiclass: {
      logits: FixtureArray;
      truth: number[];
      auroc: number;
      averagePrecision: number;
      aurocPerClass: number[];
    };
  };
  readonly images: {
    readonly target: FixtureArray;
    readonly prediction: FixtureArray;
    readonly meanSquaredError: number;
    readonly meanAbsoluteError: number;
    readonly psnr: number;
    readonly ssim: number;
    readonly volume: { target: FixtureArray; prediction: FixtureArray; dataRange: number; ssim: number };
  };
  readonly surfaces: readonly {
    readonly spacing: number[];
    readonly prediction: FixtureArray;
    readonly target: FixtureArray;
    readonly hausdorff: number;
    readonly hausdorff95: number;
    readonly averageDistance: number;
    readonly tolerance: number;
    readonly surfaceDice: number;
  }[];
}
const recorded = loadFixture<Recorded>(import.meta.url, 'scores');

/** In two batches of different sizes: results are those of the whole set. */
function halves(pred: NDArray, label: NDArray): readonly (readonly [NDArray, NDArray])[] {
  const rows = pred.shape[0]!;
  const cut = Math.ceil(rows / 3);
  return [
    [sliceRows(pred, 0, cut), sliceRows(label, 0, cut)],
    [sliceRows(pred, cut, rows), sliceRows(label, cut, rows)],
  ];
}

describe('scores of classes', () => {
  const { truth, prediction, ...values } = recorded.classes;
  const batches = halves(labels(prediction), labels(truth));
  const metrics = { precision, recall, f1 };

  it.each(['precision', 'recall', 'f1'] as const)('%s equals scikit-learn, class by class and on average', (name) => {
    for (const average of ['macro', 'weighted', 'micro'] as const)
      expect(run(metrics[name]({ classes: 3, average }), ...batches), average).toBeCloseTo(values[name][average], 12);
    values.perClass[name].forEach((value, average) =>
      expect(run(metrics[name]({ classes: 3, average }), ...batches)).toBeCloseTo(value, 12),
    );
  });

  it('of other kinds do as well', () => {
    expect(run(fBeta({ classes: 3, beta: 2 }), ...batches)).toBeCloseTo(values.f2, 12);
    expect(run(balancedAccuracy({ classes: 3 }), ...batches)).toBeCloseTo(values.balancedAccuracy, 12);
    expect(run(matthewsCorrelation({ classes: 3 }), ...batches)).toBeCloseTo(values.matthewsCorrelation, 12);
    const { binary } = values;
    expect(run(matthewsCorrelation({ classes: 2 }), [labels(binary.prediction), labels(binary.truth)])).toBeCloseTo(
      binary.matthewsCorrelation,
      12,
    );
  });

  it('leave out classes that do not occur, and are 0 where there is nothing to divide by', () => {
    expect(run(precision({ classes: 9 }), ...batches)).toBeCloseTo(values.precision.macro, 12);
    expect(run(balancedAccuracy({ classes: 9 }), ...batches)).toBeCloseTo(values.balancedAccuracy, 12);
    expect(run(precision({ classes: 3, average: 2 }), [labels([0, 0]), labels([2, 2])])).toBe(0);
    expect(run(matthewsCorrelation({ classes: 2 }), [labels([1, 1]), labels([1, 0])])).toBe(0);
    expect(run(f1({ classes: 2 }))).toBeNaN();
  });

  it('refuse what makes no sense', () => {
    expect(() => fBeta({ classes: 2, beta: 0 })).toThrow(ArgumentError);
    expect(() => precision({ classes: 2, average: 2 })).toThrow(
      new ArgumentError('average is class 2, but the classes are 0 to 1.'),
    );
  });
});

describe('auroc and averagePrecision', () => {
  const { binary, multiclass } = recorded.rankings;
  const scores = fixtureArray(binary.scores);
  const truth = labels(binary.truth);

  it('equal scikit-learn for two classes, ties included', () => {
    expect(run(auroc(), ...halves(scores, truth))).toBeCloseTo(binary.auroc, 12);
    expect(run(averagePrecision(), ...halves(scores, truth))).toBeCloseTo(binary.averagePrecision, 12);
  });

  it('take two columns as well, of logits or probabilities', () => {
    const columns = ndarray(
      [...scores.data].flatMap((score) => [1 - score, score]),
      [30, 2],
      'float64',
    );
    expect(run(auroc(), [columns, truth])).toBeCloseTo(binary.auroc, 12);
    // Against class 0 the ranking is turned round.
    expect(run(auroc({ average: 0 }), [columns, truth])).toBeCloseTo(binary.auroc, 12);
  });

  it('equal scikit-learn for several classes, each against the rest', () => {
    const batches = halves(fixtureArray(multiclass.logits), labels(multiclass.truth));
    expect(run(auroc({ classes: 3 }), ...batches)).toBeCloseTo(multiclass.auroc, 12);
    expect(run(averagePrecision({ classes: 3 }), ...batches)).toBeCloseTo(multiclass.averagePrecision, 12);
    multiclass.aurocPerClass.forEach((value, average) =>
      expect(run(auroc({ classes: 3, average }), ...batches)).toBeCloseTo(value, 12),
    );
  });

  it('rank probabilities as they are', () => {
    const { data, shape } = fixtureArray(multiclass.logits);
    const probabilities = Float64Array.from(data, Math.exp);
    for (let row = 0; row < 40; row++) {
      const sum = probabilities[3 * row]! + probabilities[3 * row + 1]! + probabilities[3 * row + 2]!;
      for (let label = 0; label < 3; label++) probabilities[3 * row + label]! /= sum;
    }
    const batch = [ndarray(probabilities, shape, 'float64'), labels(multiclass.truth)] as const;
    expect(run(auroc({ classes: 3, scores: 'probabilities' }), batch)).toBeCloseTo(multiclass.auroc, 12);
  });

  it('take a score for each pixel', () => {
    const pred = ndarray([0, 0, 0, 0.9, 0.1, 0.8], [1, 2, 3]);
    expect(run(auroc(), [pred, labels([1, 0, 0], [1, 3])])).toBe(1);
    expect(run(auroc(), [pred, labels([0, 1, 0], [1, 3])])).toBe(0);
  });

  it('are NaN where a class has no sample', () => {
    expect(run(auroc(), [ndarray([0.1, 0.2], [2]), labels([0, 0])])).toBeNaN();
    expect(run(auroc(), [ndarray([0.1, 0.2], [2]), labels([1, 1])])).toBeNaN();
    expect(run(averagePrecision(), [ndarray([0.1, 0.2], [2]), labels([0, 0])])).toBeNaN();
  });

  it('refuse NaN scores, foreign labels and other numbers of classes', () => {
    expect(() => run(auroc(), [ndarray([NaN], [1]), labels([0])])).toThrow(
      new InputError('auroc: a score of sample 0 of the batch is NaN.'),
    );
    expect(() => run(auroc(), [ndarray([1], [1]), labels([2])])).toThrow(InputError);
    expect(() => run(auroc({ classes: 4 }), [ndarray([1, 2, 3], [1, 3]), labels([2])])).toThrow(InputError);
    expect(() => auroc({ classes: 1 })).toThrow(ArgumentError);
    expect(() => averagePrecision({ average: 2 })).toThrow(ArgumentError);
  });
});

describe('scores of images', () => {
  const { target, prediction, volume, ...values } = recorded.images;
  const batches = halves(fixtureArray(prediction), fixtureArray(target));

  it('equal scikit-learn and scikit-image', () => {
    expect(run(meanSquaredError(), ...batches)).toBeCloseTo(values.meanSquaredError, 12);
    expect(run(meanAbsoluteError(), ...batches)).toBeCloseTo(values.meanAbsoluteError, 12);
    expect(run(psnr(), ...batches)).toBeCloseTo(values.psnr, 10);
    expect(run(ssim(), ...batches)).toBeCloseTo(values.ssim, 10);
  });

  it('take volumes and other ranges', () => {
    const batch = [fixtureArray(volume.prediction), fixtureArray(volume.target)] as const;
    expect(run(ssim({ dataRange: volume.dataRange }), batch)).toBeCloseTo(volume.ssim, 10);
    expect(run(psnr({ dataRange: 255 }), [ndarray([0], [1, 1]), ndarray([255], [1, 1])])).toBe(0);
  });

  it('of equal images are perfect', () => {
    const image = fixtureArray(target);
    expect(run(ssim(), [image, image])).toBe(1);
    expect(run(psnr(), [image, image])).toBe(Infinity);
    expect(run(meanSquaredError(), [image, image])).toBe(0);
  });

  it('refuse what does not fit', () => {
    expect(() => run(meanSquaredError(), [ndarray([1], [1]), ndarray([1, 2], [2])])).toThrow(
      new ShapeError('meanSquaredError: predictions have shape [1], targets [2]. They must be equal.'),
    );
    const small = ndarray(new Float32Array(100), [1, 1, 10, 10]);
    expect(() => run(ssim(), [small, small])).toThrow(ShapeError);
    expect(() => ssim({ windowSize: 4 })).toThrow(ArgumentError);
    expect(() => psnr({ dataRange: 0 })).toThrow(ArgumentError);
  });
});

describe('scores of surfaces', () => {
  const arrayOf = ({ shape, values }: FixtureArray): NDArray => labels(values, [1, ...shape]);

  it.each(recorded.surfaces.map((each, index) => [index, each] as const))("equal MONAI's, case %i", (_, recording) => {
    const { spacing, tolerance } = recording;
    const batch = [arrayOf(recording.prediction), arrayOf(recording.target)] as const;
    const value = (
      metric: (options: { classes: number; spacing: number[]; tolerance: number }) => Accumulator<unknown, number>,
    ) => run(metric({ classes: 2, spacing, tolerance }), batch);
    expect(value(hausdorffDistance)).toBeCloseTo(recording.hausdorff, 10);
    expect(value((options) => hausdorffDistance({ ...options, percentile: 95 }))).toBeCloseTo(
      recording.hausdorff95,
      10,
    );
    expect(value(averageSurfaceDistance)).toBeCloseTo(recording.averageDistance, 10);
    expect(value(surfaceDice)).toBeCloseTo(recording.surfaceDice, 12);
  });

  it('are means over the samples that have the class, and over the classes that are there', () => {
    // Voxel 1 against 1, 3 and nothing; class 2 is exact where it is.
    const pred = labels([0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2], [3, 5]);
    const label = labels([0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2], [3, 5]);
    const scores = run(surfaceScores({ classes: 4, spacing: [1.5] }), [pred, label]);
    expect(scores.hausdorff).toEqual([NaN, 1.5, 0, NaN]);
    expect(scores.averageDistance).toEqual([NaN, 1.5, 0, NaN]);
    expect(scores.surfaceDice).toEqual([NaN, 0.5, 1, NaN]);
    expect(scores.mean).toEqual({ hausdorff: 0.75, averageDistance: 0.75, surfaceDice: 0.75 });
  });

  it('are infinite, and a surface Dice of 0, where a class is missed or made up', () => {
    for (const batch of [
      [labels([0, 1], [1, 2]), labels([0, 0], [1, 2])],
      [labels([0, 0], [1, 2]), labels([0, 1], [1, 2])],
    ] as const) {
      const { mean } = run(surfaceScores({ classes: 2 }), batch);
      expect(mean).toEqual({ hausdorff: Infinity, averageDistance: Infinity, surfaceDice: 0 });
    }
    expect(run(surfaceDice({ classes: 2 }), [labels([0, 0], [1, 2]), labels([0, 0], [1, 2])])).toBeNaN();
  });

  it('take scores', () => {
    const pred = ndarray([1, 0, 0, 0, 1, 1], [1, 2, 3]);
    expect(run(hausdorffDistance({ classes: 2 }), [pred, labels([0, 0, 1], [1, 3])])).toBe(1);
  });

  it('refuse what does not fit', () => {
    const batch = [labels([0, 1], [1, 2]), labels([0, 5], [1, 2])] as const;
    expect(() => run(surfaceDice({ classes: 2 }), batch)).toThrow(
      new InputError('surfaceDice: there is a voxel of class 5, but the metric was made for classes 0 to 1.'),
    );
    expect(() => run(surfaceDice({ classes: 6, spacing: [1, 1] }), batch)).toThrow(ShapeError);
    expect(() => surfaceDice({ classes: 1 })).toThrow(ArgumentError);
    expect(() => surfaceDice({ classes: 2, tolerance: -1 })).toThrow(ArgumentError);
    expect(() => surfaceDice({ classes: 2, spacing: [0] })).toThrow(ArgumentError);
    expect(() => hausdorffDistance({ classes: 2, percentile: 0 })).toThrow(ArgumentError);
  });
});
