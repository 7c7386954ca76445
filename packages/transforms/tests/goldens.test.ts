import { createRng, type NDArray, ndarray, type Sample } from '@delira/core';
import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  Brightness,
  CenterCrop,
  Compose,
  Contrast,
  Gamma,
  GaussianBlur,
  GaussianNoise,
  MeanStdNormalization,
  MinMaxNormalization,
  Mirror,
  OneHot,
  OneOf,
  Pad,
  PercentileClip,
  RandomApply,
  RandomCrop,
  RandomForegroundCrop,
  Resize,
  SimulateLowResolution,
  SpatialTransform,
  toTransform,
  TransformError,
  ZScoreNormalization,
} from '../src/index.js';

const row = (...values: number[]): Sample => ({ data: ndarray(values, [1, 1, values.length]) });
const valuesOf = (sample: Sample, key = 'data'): number[] => Array.from(sample[key]!.data);
const rng = createRng(1);
const exact = { rtol: 0, atol: 1e-6 };

describe('intensities', () => {
  it('moves contrast about the mean, and clips to the old range (Z-15)', () => {
    const parameters = { data: [1.25] };
    expect(valuesOf(new Contrast({ preserveRange: false }).apply(row(0, 1, 2, 3), parameters))).toEqual([
      -0.375, 0.875, 2.125, 3.375,
    ]);
    expect(valuesOf(new Contrast().apply(row(0, 1, 2, 3), parameters))).toEqual([0, 0.875, 2.125, 3]);
  });

  it('draws factors below and above one equally often', () => {
    const contrast = new Contrast({ range: [0.5, 3] });
    const factors = Array.from({ length: 1000 }, (_, seed) => contrast.draw(row(1, 2), createRng(seed))['data']![0]!);
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...factors)).toBeLessThanOrEqual(3);
    expect(Math.abs(factors.filter((factor) => factor < 1).length - 500)).toBeLessThan(50);
  });

  it('draws one factor for all channels, or one for each', () => {
    const sample = { data: ndarray([0, 1, 2, 4, 6, 8], [3, 1, 2]) };
    expect(new Contrast().draw(sample, rng.fork(1))['data']).toHaveLength(3);
    const shared = new Contrast({ range: 0.5, perChannel: false });
    // About the mean of each channel, also then.
    expect(valuesOf(shared.augment(sample, rng.fork(2)).sample)).toEqual([0.25, 0.75, 2.5, 3.5, 6.5, 7.5]);
  });

  it('multiplies, then adds', () => {
    expect(valuesOf(new Brightness().apply(row(1, 2), { data: [{ factor: 2, offset: -1 }] }))).toEqual([1, 3]);
    const fixed = new Brightness({ multiplicative: 3, additive: 1 });
    expect(valuesOf(fixed.augment(row(1, 2), rng).sample)).toEqual([4, 7]);
  });

  it('raises to a power within the old range, from below or from above', () => {
    const parameters = { data: [2] };
    const values = (options: object): NDArray => new Gamma(options).apply(row(1, 2, 3), parameters)['data']!;
    expectClose(values({}), ndarray([1, 1.5, 3], [1, 1, 3]), exact);
    expectClose(values({ invert: true }), ndarray([1, 2.5, 3], [1, 1, 3]), exact);
    // Mean 2 and standard deviation √(2/3) again.
    const restored = valuesOf(new Gamma({ retainStatistics: true }).apply(row(1, 2, 3), parameters));
    expect(restored.reduce((sum, value) => sum + value, 0)).toBeCloseTo(6, 5);
    expect(restored.reduce((sum, value) => sum + (value - 2) ** 2, 0)).toBeCloseTo(2, 5);
    expect(valuesOf(new Gamma().apply(row(5, 5), parameters))).toEqual([5, 5]);
  });

  it('blurs with the weights of a Gaussian, mirrored at the edge', () => {
    const blurred = new GaussianBlur().apply(row(0, 0, 0, 1, 0, 0, 0), { data: [[0, 0.5]] });
    // exp(-2), exp(-8) beside 1, and their sum.
    const [one, two] = [Math.exp(-2), Math.exp(-8)];
    const sum = 1 + 2 * one + 2 * two;
    expectClose(
      blurred['data']!,
      ndarray(
        [0, two, one, 1, one, two, 0].map((value) => value / sum),
        [1, 1, 7],
      ),
      exact,
    );
    expectClose(
      new GaussianBlur().apply(row(1, 1, 1), { data: [[0, 2]] })['data']!,
      ndarray([1, 1, 1], [1, 1, 3]),
      exact,
    );
  });

  it('loses what lies between the voxels of a low resolution', () => {
    const low = new SimulateLowResolution().apply(row(0, 0, 8, 8), { data: [0.25] });
    // One voxel is left of four, the upper one of the two in the middle.
    expect(valuesOf(low)).toEqual([8, 8, 8, 8]);
    const parameters = new SimulateLowResolution({ zoom: [0.5, 0.75] }).draw(row(1, 2), rng);
    expect(parameters['data']![0]).toBeGreaterThanOrEqual(0.5);
    expect(parameters['data']![0]).toBeLessThan(0.75);
  });

  it('adds noise with the standard deviation it drew, another one for each sample', () => {
    const noise = new GaussianNoise({ std: 0.5 });
    const sample = { data: ndarray(new Float32Array(40_000), [1, 200, 200]) };
    const first = valuesOf(noise.augment(sample, createRng(1)).sample);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / first.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(Math.sqrt(variance) - 0.5)).toBeLessThan(0.01);
    expect(valuesOf(noise.augment(sample, createRng(2)).sample)).not.toEqual(first);
  });
});

describe('normalisation', () => {
  it('uses the mean and standard deviation of each channel (D-104)', () => {
    const sample = { data: ndarray([1, 3, 10, 30], [2, 1, 2]) };
    const each = new MeanStdNormalization({ mean: [1, 10], std: [2, 20] });
    expect(valuesOf(each.augment(sample, rng).sample)).toEqual([0, 1, 0, 1]);
    const all = new MeanStdNormalization({ mean: 1, std: 2 });
    expect(valuesOf(all.augment(sample, rng).sample)).toEqual([0, 1, 4.5, 14.5]);
    const three = new MeanStdNormalization({ mean: [1, 2, 3], std: 1 });
    expect(() => three.augment(sample, rng)).toThrow('"data" has 2 channels, mean and std are for 3.');
  });

  it('measures mean and standard deviation', () => {
    expect(new ZScoreNormalization().draw(row(2, 4, 4, 4, 5, 5, 7, 9), rng)).toEqual({ data: [{ mean: 5, std: 2 }] });
    expect(new ZScoreNormalization({ nonzero: true }).draw(row(0, 0, 1, 3), rng)).toEqual({
      data: [{ mean: 2, std: 1 }],
    });
    expect(valuesOf(new ZScoreNormalization().augment(row(4, 4, 4), rng).sample)).toEqual([0, 0, 0]);
  });

  it('stretches to a range', () => {
    expect(valuesOf(new MinMaxNormalization().augment(row(2, 4, 6), rng).sample)).toEqual([0, 0.5, 1]);
    expect(valuesOf(new MinMaxNormalization({ range: [-1, 3] }).augment(row(2, 4, 6), rng).sample)).toEqual([-1, 1, 3]);
    expect(valuesOf(new MinMaxNormalization({ range: [-1, 3] }).augment(row(5, 5), rng).sample)).toEqual([-1, -1]);
  });

  it('clips at percentiles', () => {
    const clip = new PercentileClip({ lower: 25, upper: 90 });
    expect(valuesOf(clip.augment(row(5, 1, 2, 4, 3), rng).sample)).toEqual(
      [4.6, 2, 2, 4, 3].map((value) => Math.fround(value)),
    );
  });
});

describe('windows', () => {
  it('reaches every place, the last one too (D-101)', () => {
    const drawn = (margin: number): number[] => {
      const crop = new RandomCrop({ size: [1, 2], margin: [0, margin] });
      const offsets = Array.from(
        { length: 200 },
        (_, seed) => crop.draw(row(0, 1, 2, 3, 4), createRng(seed)).offset[1]!,
      );
      return [...new Set(offsets)].sort();
    };
    expect(drawn(0)).toEqual([0, 1, 2, 3]);
    expect(drawn(1)).toEqual([1, 2]);
    // Too small for these margins: centred.
    expect(drawn(2)).toEqual([1]);
  });

  it('fills what lies outside, images and masks with their own value', () => {
    const sample = { ...row(1, 2, 3), seg: ndarray([4, 5, 6], [1, 3], 'uint8') };
    const cut = new CenterCrop({ size: [1, 6], fill: -1, maskFill: 9 }).augment(sample, rng).sample;
    expect(valuesOf(cut)).toEqual([-1, -1, 1, 2, 3, -1]);
    expect(valuesOf(cut, 'seg')).toEqual([9, 9, 4, 5, 6, 9]);
  });

  it('keeps the dtype of a crop', () => {
    const sample = { picture: ndarray([1, 2, 3], [1, 1, 3], 'uint8') };
    const cut = new CenterCrop({ size: 1, image: ['picture'] }).augment(sample, rng).sample;
    expect(cut['picture']).toEqual(ndarray([2], [1, 1, 1], 'uint8'));
  });

  it('pads evenly, by a value, the edge or a reflection', () => {
    const padded = (mode: 'constant' | 'edge' | 'reflect'): number[] =>
      valuesOf(new Pad({ size: [1, 7], mode }).augment(row(1, 2, 3, 4), rng).sample);
    expect(padded('constant')).toEqual([0, 1, 2, 3, 4, 0, 0]);
    expect(padded('edge')).toEqual([1, 1, 2, 3, 4, 4, 4]);
    expect(padded('reflect')).toEqual([2, 1, 2, 3, 4, 3, 2]);
    expect(new Pad({ divisibleBy: 4 }).draw({ data: ndarray(new Float32Array(30), [1, 5, 6]) })).toEqual({
      offset: [-1, -1],
      size: [8, 8],
    });
  });
});

describe('RandomForegroundCrop', () => {
  const seg = new Uint8Array(100);
  seg.fill(1, 20, 60);
  seg[97] = 2;
  const sample = { data: ndarray(new Float32Array(100), [1, 1, 100]), seg: ndarray(seg, [1, 100], 'uint8') };
  const drawn = (options: object): { class: number | null; offset: number }[] => {
    const crop = new RandomForegroundCrop({ size: [1, 5], ...options });
    return Array.from({ length: 400 }, (_, seed) => {
      const { class: chosen, offset } = crop.draw(sample, createRng(seed));
      return { class: chosen, offset: offset[1]! };
    });
  };

  it('puts windows around classes, all of them equally often', () => {
    const crops = drawn({ probability: 0.5 });
    const count = (chosen: number | null): number => crops.filter((crop) => crop.class === chosen).length;
    expect(Math.abs(count(null) - 200)).toBeLessThan(40);
    expect(Math.abs(count(1) - 100)).toBeLessThan(35);
    expect(Math.abs(count(2) - 100)).toBeLessThan(35);
    const first = crops.filter((crop) => crop.class === 1).map(({ offset }) => offset);
    expect(first.every((offset) => offset >= 20 - 2 && offset <= 59 - 2)).toBe(true);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(30);
    // Around voxel 97, and no further than the edge.
    expect(new Set(crops.filter((crop) => crop.class === 2).map(({ offset }) => offset))).toEqual(new Set([95]));
  });

  it('looks for the classes listed, and takes any window where there are none', () => {
    expect(new Set(drawn({ probability: 1, classes: [2] }).map((crop) => crop.class))).toEqual(new Set([2]));
    expect(new Set(drawn({ probability: 1, classes: [9] }).map((crop) => crop.class))).toEqual(new Set([null]));
    expect(drawn({ probability: 1, classes: [0] })[0]!.class).toBe(0);
  });

  it('needs a mask', () => {
    expect(() => new RandomForegroundCrop({ size: 1 }).augment(row(1), rng)).toThrow(
      'The sample has no mask that says',
    );
    expect(() => drawn({ foreground: 'data' })).toThrow('"data" is no mask that says');
  });
});

describe('Resize', () => {
  const line: Sample = { ...row(0, 1, 2, 3), seg: ndarray([0, 0, 2, 2], [1, 4], 'uint8') };

  it('keeps the outermost centres in their place (Z-14)', () => {
    const resize = new Resize({ size: [1, 8], interpolation: 'linear', align: 'centres' });
    const expected = [0, 0.4286, 0.8571, 1.2857, 1.7143, 2.1429, 2.5714, 3];
    expectClose(resize.augment(line, rng).sample['data']!, ndarray(expected, [1, 1, 8]), { rtol: 0, atol: 5e-5 });
  });

  it('keeps the outer edges in their place', () => {
    const resize = new Resize({ size: [1, 8], interpolation: 'linear' });
    expect(valuesOf(resize.augment(line, rng).sample)).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  });

  it('clips what a spline makes of an edge', () => {
    const values = valuesOf(new Resize({ size: [1, 12] }).augment(row(0, 0, 1, 1), rng).sample);
    expect([Math.min(...values), Math.max(...values)]).toEqual([0, 1]);
  });

  it.each(['linear', 'nearest'] as const)('mixes no labels (%s)', (maskInterpolation) => {
    const resized = new Resize({ size: [1, 6], maskInterpolation }).augment(line, rng).sample['seg']!;
    expect(resized).toEqual(ndarray([0, 0, 0, 2, 2, 2], [1, 6], 'uint8'));
  });
});

describe('Mirror', () => {
  it('flips the axes it drew', () => {
    const sample = { data: ndarray([1, 2, 3, 4], [1, 2, 2]), seg: ndarray([1, 2, 3, 4], [2, 2], 'uint8') };
    for (const [axes, expected] of [
      [[0], [3, 4, 1, 2]],
      [[1], [2, 1, 4, 3]],
      [
        [0, 1],
        [4, 3, 2, 1],
      ],
    ] as const) {
      const flipped = new Mirror().apply(sample, { axes });
      expect(valuesOf(flipped)).toEqual(expected);
      expect(valuesOf(flipped, 'seg')).toEqual(expected);
    }
  });

  it('flips each axis in half of the samples, and only those allowed', () => {
    const sample = { data: ndarray([1, 2, 3, 4], [1, 2, 2]) };
    const drawn = Array.from({ length: 400 }, (_, seed) => new Mirror().draw(sample, createRng(seed)).axes);
    for (const axis of [0, 1])
      expect(Math.abs(drawn.filter((axes) => axes.includes(axis)).length - 200)).toBeLessThan(40);
    expect(new Mirror({ axes: [1], probability: 1 }).draw(sample, rng)).toEqual({ axes: [1] });
  });

  it('refuses axes that are not there (D-105)', () => {
    expect(() => new Mirror({ axes: [3] })).toThrow('3 is none of the spatial axes 0…2.');
    expect(() => new Mirror({ axes: [2] }).augment(row(1), rng)).toThrow('2 is none of the spatial axes 0…1.');
  });
});

describe('SpatialTransform', () => {
  const still = { scale: [1, 1], translation: [0, 0], elastic: null, rotation: [0] };
  const square: Sample = { data: ndarray([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3]) };

  it('rotates by a quarter', () => {
    const turned = new SpatialTransform({ border: 'edge' }).apply(square, { ...still, rotation: [Math.PI / 2] });
    expectClose(turned['data']!, ndarray([3, 6, 9, 2, 5, 8, 1, 4, 7], [1, 3, 3]), exact);
  });

  it('enlarges, moves, and fills what comes from outside', () => {
    const enlarged = new SpatialTransform().apply(square, { ...still, scale: [2, 2] });
    expect(valuesOf(enlarged)).toEqual([3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7]);
    const moved = new SpatialTransform({ fill: -1 }).apply(square, { ...still, translation: [1, 0.5] });
    expect(valuesOf(moved)).toEqual([-1, -1, -1, 1, 1.5, 2.5, 4, 4.5, 5.5]);
  });

  it('bends along the control points', () => {
    // Points that all say the same move everything by it: the weights of a B-spline add up to one.
    const points = Array.from({ length: 16 }, () => 1);
    const elastic = { points: [4, 4], displacements: [points.map(() => 0), points] };
    const bent = new SpatialTransform({ border: 'edge' }).apply(square, { ...still, elastic });
    expectClose(bent['data']!, ndarray([2, 3, 3, 5, 6, 6, 8, 9, 9], [1, 3, 3]), exact);
  });

  it('rotates, scales and deforms some samples only, each by a chance of its own', () => {
    const transform = new SpatialTransform({
      rotation: [0.5, 1],
      rotationProbability: 0.3,
      scale: [0.5, 0.8],
      scaleProbability: 0.6,
      elastic: { maximumDisplacement: 1, controlPoints: 4, probability: 0.1 },
    });
    const drawn = Array.from({ length: 2000 }, (_, seed) => transform.draw(square, createRng(seed)));
    const share = (of: (each: (typeof drawn)[number]) => boolean): number => drawn.filter(of).length / drawn.length;
    expect(share(({ rotation }) => rotation[0] !== 0)).toBeCloseTo(0.3, 1);
    expect(share(({ scale }) => scale[0] !== 1)).toBeCloseTo(0.6, 1);
    expect(share(({ elastic }) => elastic !== null)).toBeCloseTo(0.1, 1);
    expect(share(({ rotation, scale }) => rotation[0] !== 0 && scale[0] !== 1)).toBeCloseTo(0.18, 1);
    expect(() => new SpatialTransform({ rotationProbability: 2 })).toThrow('rotationProbability is 2');
  });

  it('cuts out what nothing happens to', () => {
    const one = new SpatialTransform({ size: 1, interpolation: 'cubic' }).apply(square, still);
    expect(one['data']).toEqual(ndarray([5], [1, 1, 1]));
    const five = new SpatialTransform({ size: [1, 5], border: 'edge' }).apply(square, still);
    expect(valuesOf(five)).toEqual([4, 4, 5, 6, 6]);
    expect(new SpatialTransform({ interpolation: 'cubic' }).apply(square, still)['data']).toBe(square['data']);
    // The middle of two voxels lies between those of three.
    expect(valuesOf(new SpatialTransform({ size: [1, 2] }).apply(square, still))).toEqual([4.5, 5.5]);
  });

  it('draws a cubic spline through the voxels, in 2D and in 3D', () => {
    const cubic = new SpatialTransform({ interpolation: 'cubic' });
    expectClose(cubic.apply(square, still)['data']!, square['data']!, exact);
    const cube = {
      data: ndarray(
        Float32Array.from({ length: 120 }, (_, i) => (i * 7) % 11),
        [2, 3, 4, 5],
      ),
    };
    const unmoved = { rotation: [0, 0, 0], scale: [1, 1, 1], translation: [0, 0, 0], elastic: null };
    const before = structuredClone(cube);
    expectClose(cubic.apply(cube, unmoved)['data']!, cube['data'], exact);
    expect(cube).toEqual(before);
    const moved = cubic.apply(row(0, 0, 1, 0, 0), { ...still, translation: [0, 0.5] });
    // Halfway on either side of a single one: the spline's coefficients fall by √3 - 2 from voxel to voxel.
    const values = valuesOf(moved);
    expect(values[2]).toBeCloseTo(values[3]!, 6);
    expect(values[2]).toBeGreaterThan(0.59);
    expect(values[2]).toBeLessThan(0.62);
  });

  it('cuts out another size around the centre', () => {
    const cut = new SpatialTransform({ size: [1, 3] }).apply(square, still);
    expect(cut['data']).toEqual(ndarray([4, 5, 6], [1, 1, 3]));
  });
});

describe('compositions', () => {
  it('applies in order (D-100)', () => {
    const normalise = new MeanStdNormalization({ mean: 1, std: 2 });
    const double = new MeanStdNormalization({ mean: 0, std: 0.5 });
    expect(valuesOf(new Compose([normalise, double]).augment(row(1, 3), rng).sample)).toEqual([0, 2]);
    expect(valuesOf(new Compose([double, normalise]).augment(row(1, 3), rng).sample)).toEqual([0.5, 2.5]);
  });

  it('gives each transform a stream of its own', () => {
    const sample = row(1, 2, 3, 4, 5, 6, 7, 8);
    const crop = new RandomCrop({ size: [1, 2] });
    for (let seed = 0; seed < 10; seed++) {
      const drawn = [new Mirror({ axes: [] }), new Mirror(), new Contrast()].map(
        (first) => new Compose([first, crop]).draw(sample, createRng(seed))[1],
      );
      expect(drawn[1]).toEqual(drawn[0]);
      expect(drawn[2]).toEqual(drawn[0]);
      const twice = new Compose([crop, new Pad({ size: [1, 8] }), crop]).draw(sample, createRng(seed));
      if (seed === 0) expect(twice[2]).not.toEqual(twice[0]);
    }
  });

  it('applies to a share of the samples', () => {
    const sometimes = new RandomApply(new Mirror(), { probability: 0.2 });
    const drawn = Array.from({ length: 500 }, (_, seed) => sometimes.draw(row(1, 2), createRng(seed)));
    expect(Math.abs(drawn.filter((each) => each !== null).length - 100)).toBeLessThan(30);
  });

  it('chooses by weight', () => {
    const choice = new OneOf([new Mirror(), new Contrast(), new GaussianNoise()], { weights: [1, 0, 3] });
    const drawn = Array.from({ length: 400 }, (_, seed) => choice.draw(row(1, 2), createRng(seed)).index);
    expect(drawn).not.toContain(1);
    expect(Math.abs(drawn.filter((index) => index === 2).length - 300)).toBeLessThan(40);
    expect(() => new OneOf([])).toThrow('OneOf was given no transforms to choose from.');
    expect(() => new OneOf([new Mirror()], { weights: [0] })).toThrow('The weights 0 choose nothing.');
  });

  it('refuses the parameters of another composition', () => {
    expect(() => new Compose([new Mirror()]).replay(row(1), [])).toThrow(
      'The parameters of 0 transforms were given to 1.',
    );
  });
});

describe('kinds', () => {
  const mask = (values: number[]): NDArray => ndarray(values, [1, values.length], 'int32');

  it('leaves other entries alone', () => {
    const sample = { ...row(1, 2), vector: ndarray([1, 2, 3], [3]), class: ndarray([2], [], 'int32') };
    const after = new Mirror({ probability: 1 }).augment(sample, rng).sample;
    expect(valuesOf(after)).toEqual([2, 1]);
    expect(after['vector']).toBe(sample['vector']);
    expect(after['class']).toBe(sample['class']);
  });

  it('takes those that are named', () => {
    const sample = { ...row(1, 2), other: ndarray([3, 4], [1, 1, 2]), seg: mask([5, 6]) };
    const named = new Mirror({ image: ['other'], mask: [], probability: 1 }).augment(sample, rng).sample;
    expect([valuesOf(named), valuesOf(named, 'other'), valuesOf(named, 'seg')]).toEqual([
      [1, 2],
      [4, 3],
      [5, 6],
    ]);
  });

  it('names entries that are missing or do not fit', () => {
    expect(() => new Contrast({ image: ['scan'] }).augment(row(1), rng)).toThrow(
      'The sample has no entry "scan" to use as image: "data" is float32 [1, 1, 1].',
    );
    expect(() => new Contrast().augment({ seg: mask([1]) }, rng)).toThrow('No entry is an image');
    expect(() => new Mirror().augment({ ...row(1, 2), seg: mask([1, 2, 3]) }, rng)).toThrow(
      '"seg" has shape [1, 3], "data" has [1, 1, 2]: their spatial axes differ.',
    );
    expect(() => new Contrast({ image: ['data'] }).augment({ data: ndarray([1], [1]) }, rng)).toThrow(
      'The image "data" has shape [1].',
    );
    expect(() => new Mirror().augment({ data: ndarray(new Uint16Array(1), [1, 1, 1], 'float16') }, rng)).toThrow(
      '"data" is float16',
    );
  });

  it('takes masks apart into the classes listed', () => {
    const sample = { ...row(1, 2, 3), seg: mask([0, 2, 7]) };
    const encode = new OneHot({ classes: [2, 7], others: 'zeros' });
    expect(encode.augment(sample, rng).sample['seg']).toEqual(ndarray([0, 1, 0, 0, 0, 1], [2, 1, 3]));
    expect(() => new OneHot({ classes: 3 }).augment(sample, rng)).toThrow(
      'OneHot(null) failed: The mask "seg" holds 7, which is none of the classes 0, 1, 2.',
    );
  });
});

describe('toTransform', () => {
  it('is the function a loader takes, and says what was drawn', () => {
    const drawn: unknown[] = [];
    const transform = toTransform(new Mirror({ probability: 1 }), { onDraw: (parameters) => drawn.push(parameters) });
    expect(valuesOf(transform(row(1, 2), rng))).toEqual([2, 1]);
    expect(drawn).toEqual([{ axes: [0, 1] }]);
  });

  it('names the transform that failed within others, and its parameters', () => {
    const crop = new RandomCrop({ size: 2 });
    const transform = new Compose([new Mirror({ probability: 0 }), crop]);
    const parameters = [{ axes: [] }, { offset: [0, 0], size: [1, 2] }];
    const broken = { ...row(1, 2), seg: ndarray([1], [1, 1], 'int32') };
    const failure = (() => {
      try {
        new RandomApply(new Compose([crop])).replay(broken, [parameters[1]]);
        return null;
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(TransformError);
    expect(failure).toMatchObject({ code: 'INPUT', transform: 'RandomCrop', parameters: parameters[1] });
    expect((failure as Error).message).toBe(
      'RandomCrop({"offset":[0,0],"size":[1,2]}) failed: "seg" has shape [1, 1], "data" has [1, 1, 2]: their spatial axes differ. Resample one onto the other first.',
    );
    expect(() => transform.augment(broken, rng)).toThrow('Mirror could not be drawn: "seg" has shape [1, 1]');
  });
});

describe('options', () => {
  it('refuses what cannot be drawn', () => {
    expect(() => new Contrast({ range: [2, 1] })).toThrow('range is [2, 1].');
    expect(() => new RandomApply(new Mirror(), { probability: 2 })).toThrow('probability is 2.');
    expect(() => new MeanStdNormalization({ mean: 0, std: 0 })).toThrow('std above 0');
    expect(() => new MeanStdNormalization({ mean: [0, 1], std: [1] })).toThrow('2 means and 1 standard deviations');
    expect(() => new MinMaxNormalization({ range: [1, 0] })).toThrow('Expected the lower end first.');
    expect(() => new PercentileClip({ lower: 60, upper: 40 })).toThrow('0 ≤ lower ≤ upper ≤ 100');
    expect(() => new SpatialTransform({ scale: 0 })).toThrow('scale is [0, 0].');
    expect(() => new SpatialTransform({ elastic: { maximumDisplacement: 1, controlPoints: 3 } })).toThrow(
      'There are 3 controlPoints.',
    );
    expect(() => new SpatialTransform({ rotation: [1, 1, 1] }).augment(row(1), rng)).toThrow('got ranges of three');
    expect(() => new RandomCrop({ size: [1, 2, 3] }).augment(row(1), rng)).toThrow('size has 3 values for 2');
    expect(() => new RandomCrop({ size: 0 }).augment(row(1), rng)).toThrow('size is 0 × 0.');
  });
});
