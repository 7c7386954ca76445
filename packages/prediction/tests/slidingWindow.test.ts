import { ArgumentError, DTypeError, type NDArray, ndarray, ShapeError, sizeOf } from '@delira/core';
import { expectClose, type FixtureArray, fixtureArray, loadFixture } from '@delira/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importanceMap, slidingWindow, windowStarts, type WindowOptions } from '../src/index.js';

const range = (shape: readonly number[]): NDArray<'float32'> =>
  ndarray(
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => index),
    shape,
  );
const identity = (batch: NDArray): Promise<NDArray> => Promise.resolve(batch);

/** Says of each voxel how far along the last axis of its window it stands. */
const column = (batch: NDArray): Promise<NDArray> => {
  const width = batch.shape.at(-1)!;
  const data = Float32Array.from(batch.data, (_, index) => index % width);
  return Promise.resolve(ndarray(data, batch.shape));
};

describe('windowStarts', () => {
  it.each([
    // Steps of three quarters of a window; the last one is moved back to the image's end.
    [[10], [4], 0.25, [[0, 3, 6]]],
    [[11], [4], 0.25, [[0, 3, 6, 7]]],
    [[4], [4], 0.25, [[0]]],
    [[5], [4], 0, [[0, 1]]],
    [[8], [4], 0, [[0, 4]]],
    // Never less than a step of one.
    [[4], [2], 0.9, [[0, 1, 2]]],
    [
      [9, 5],
      [3, 5],
      [0, 0.5],
      [[0, 3, 6], [0]],
    ],
  ])('covers %j with windows of %j overlapping by %j', (image, window, overlap, expected) => {
    expect(windowStarts(image, window, overlap)).toEqual(expected);
  });

  it('leaves no voxel out and no window outside, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        (size, more, overlap) => {
          const [starts] = windowStarts([size + more], [size], overlap);
          expect(starts![0]).toBe(0);
          expect(starts!.at(-1)).toBe(more);
          starts!.slice(1).forEach((start, index) => {
            expect(start).toBeGreaterThan(starts![index]!);
            expect(start - starts![index]!).toBeLessThanOrEqual(size);
          });
        },
      ),
    );
  });

  it.each([
    [[4], [5], 0.25, 'A window of 5 does not fit into an extent of 4 (axis 0).'],
    [[4], [2], 1, 'The overlap of windows must be at least 0 and less than 1, got 1.'],
    [[4], [2], NaN, 'The overlap of windows must be at least 0 and less than 1, got NaN.'],
    [
      [4, 4],
      [2],
      0,
      'A window of size [2] with overlaps [0] does not fit images of size [4, 4]. Give one number per spatial axis.',
    ],
  ])('refuses %j, %j, %j', (image, window, overlap, message) => {
    expect(() => windowStarts(image, window, overlap)).toThrow(new ArgumentError(message));
  });
});

describe('importanceMap', () => {
  it('is 1 everywhere by default', () => {
    expect([...importanceMap([2, 2])]).toEqual([1, 1, 1, 1]);
  });

  it('is a Gaussian around the middle, and never below 0.001', () => {
    // σ = 0.125 · 4 = 0.5; distances 1.5 and 0.5: exp(−4.5) and exp(−0.5).
    expectClose(ndarray(importanceMap([4], { weighting: 'gaussian' }), [4]), [0.011109, 0.606531, 0.606531, 0.011109], {
      rtol: 1e-4,
      atol: 0,
    });
    const plane = importanceMap([3, 3], { weighting: 'gaussian', sigmaScale: [1 / 3, 1 / 9] });
    // Rows σ = 1, columns σ = 1/3: exp(−0.5), exp(−4.5); the corner's product is exp(−5).
    expectClose(ndarray(plane, [9]), [0.00674, 0.60653, 0.00674, 0.01111, 1, 0.01111, 0.00674, 0.60653, 0.00674], {
      rtol: 1e-3,
      atol: 0,
    });
    expect(Math.min(...importanceMap([20, 20], { weighting: 'gaussian' }))).toBe(Math.fround(1e-3));
  });

  it('refuses a sigmaScale that makes no Gaussian', () => {
    expect(() => importanceMap([4], { weighting: 'gaussian', sigmaScale: 0 })).toThrow(ArgumentError);
    expect(() => importanceMap([4], { weighting: 'gaussian', sigmaScale: [0.1, 0.1] })).toThrow(ArgumentError);
  });
});

interface Recorded {
  readonly cases: readonly (Required<Pick<WindowOptions, 'weighting'>> & {
    readonly image: FixtureArray;
    readonly window: number[];
    readonly overlap: number;
    readonly sigmaScale: number;
    readonly scores: FixtureArray;
  })[];
}
const { cases } = loadFixture<Recorded>(import.meta.url, 'slidingWindow');

/** What the recording predicted: the square of all channels' sum, and a class that is larger towards the window's end. */
const recordedModel = ({ data, shape }: NDArray): Promise<NDArray> => {
  const [rows = 0, channels = 0, ...size] = shape;
  const voxels = sizeOf(size);
  const scores = new Float32Array(rows * 2 * voxels);
  for (let i = 0; i < rows * voxels; i++) {
    const [row, voxel] = [Math.floor(i / voxels), i % voxels];
    let total = 0;
    for (let channel = 0; channel < channels; channel++) total += data[(row * channels + channel) * voxels + voxel]!;
    scores[2 * row * voxels + voxel] = total ** 2;
    scores[(2 * row + 1) * voxels + voxel] = ((total + 1) * voxel) / 10;
  }
  return Promise.resolve(ndarray(scores, [rows, 2, ...size]));
};

describe('slidingWindow', () => {
  it.each(cases.map((each) => [each.window, each.weighting, each] as const))(
    "equals MONAI's, with windows of %j weighted %s",
    async (_, __, { image, window, overlap, weighting, sigmaScale, scores }) => {
      const options: WindowOptions = { size: window, overlap, weighting, sigmaScale, batchSize: 2 };
      const actual = await slidingWindow(recordedModel, fixtureArray(image, 'float32'), options);
      expectClose(actual, fixtureArray(scores), { rtol: 1e-5, atol: 2e-5 });
    },
  );

  it('gives the mean of what overlapping windows say', async () => {
    // Windows at 0, 2 and 3: voxel 2 is at column 2 and 0, voxel 3 at column 1 and 0, and so on.
    const options: WindowOptions = { size: [3], overlap: 1 / 3 };
    const scores = await slidingWindow(column, range([1, 6]), options);
    expect(scores.shape).toEqual([1, 6]);
    expectClose(scores, [0, 1, 1, 0.5, 1.5, 2]);
  });

  it('weighs them with the Gaussian', async () => {
    const options: WindowOptions = { size: [3], overlap: 1 / 3, weighting: 'gaussian', sigmaScale: 1 / 3 };
    const scores = await slidingWindow(column, range([1, 6]), options);
    // σ = 1: a window's middle counts 1, its ends w = exp(−0.5). Voxel 3 is the middle of one window and the first of another.
    const w = Math.exp(-0.5);
    expectClose(scores, [0, 1, 1, 1 / (1 + w), (2 * w + 1) / (w + 1), 2], { rtol: 1e-6, atol: 0 });
  });

  it('gives an image back through windows of any size, overlap and weighting, and any number at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        fc.constantFrom('constant', 'gaussian'),
        fc.integer({ min: 1, max: 5 }),
        async (spatial, extent, overlap, weighting, batchSize) => {
          const image = range([2, ...spatial]);
          const options = { size: spatial.map(() => extent), overlap, weighting, batchSize } as const;
          expectClose(await slidingWindow(identity, image, options), image, { rtol: 1e-5, atol: 1e-5 });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('pads an image that is smaller than a window on both sides, and more at the end', async () => {
    const seen: number[][] = [];
    const options: WindowOptions = { size: [2, 4], paddingValue: -1 };
    const scores = await slidingWindow(
      (batch) => {
        seen.push([...batch.data]);
        return Promise.resolve(batch);
      },
      range([1, 2, 1]),
      options,
    );
    expect(seen).toEqual([[-1, 0, -1, -1, -1, 1, -1, -1]]);
    expect(scores).toEqual(range([1, 2, 1]));
  });

  it('hands out full batches, and tells how far it is', async () => {
    const rows: number[] = [];
    const progress: number[] = [];
    await slidingWindow(
      (batch) => {
        rows.push(batch.shape[0]!);
        return Promise.resolve(batch);
      },
      range([1, 10]),
      { size: [2], overlap: 0, batchSize: 2 },
      ({ done, total }) => progress.push(done, total),
    );
    expect(rows).toEqual([2, 2, 2]);
    expect(progress).toEqual([0, 5, 2, 5, 4, 5, 5, 5]);
  });

  it('gives other numbers of classes and float64', async () => {
    const twoClasses = ({ data, shape }: NDArray): Promise<NDArray> =>
      Promise.resolve(ndarray(Float64Array.from([...data, ...data]), [1, 2, ...shape.slice(2)], 'float64'));
    const scores = await slidingWindow(twoClasses, range([1, 3]), { size: [2], overlap: 0 });
    expect(scores).toEqual(ndarray([0, 1, 2, 0, 1, 2], [2, 3], 'float64'));
  });

  it('refuses predictions of another size, of integers, and images of another rank', async () => {
    const smaller = ({ shape }: NDArray): Promise<NDArray> => Promise.resolve(range([shape[0]!, 1, 1]));
    await expect(slidingWindow(smaller, range([1, 4]), { size: [2] })).rejects.toThrow(
      new ShapeError(
        'For windows of size [2] the model gave predictions of shape [1, 1, 1]. A sliding window needs [N, K, 2]: as many voxels as it was given.',
      ),
    );
    const integers = ({ shape }: NDArray): Promise<NDArray> =>
      Promise.resolve(ndarray(new Int32Array(sizeOf(shape)), shape, 'int32'));
    await expect(slidingWindow(integers, range([1, 4]), { size: [2] })).rejects.toThrow(DTypeError);
    await expect(slidingWindow(identity, range([1, 4, 4]), { size: [2] })).rejects.toThrow(
      new ShapeError('Windows of size [2] do not fit an image of shape [1, 4, 4]. Expected [C, ?].'),
    );
    await expect(slidingWindow(identity, range([1, 4]), { size: [2], batchSize: 0 })).rejects.toThrow(ArgumentError);
  });
});
