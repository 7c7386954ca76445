import { createRng, type NDArray, type Sample, type Shape, sizeOf } from '@delira/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as transforms from '../src/index.js';
import {
  Augmentation,
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
  ZScoreNormalization,
} from '../src/index.js';
import { copyOf, placeOf, sampleOf } from './samples.js';

interface Row {
  readonly name: string;
  readonly create: () => Augmentation;
  /** Parameters that change nothing, for a sample of this shape with as many channels as axes. */
  readonly identity: (spatial: Shape) => unknown;
  /** Whether images and masks move: then what the image says about a voxel's origin must fit its number in the mask. */
  readonly moves: boolean;
  /** How far the two may be apart, in voxels; default 0. */
  readonly tolerance?: number;
}

const row = <P>(
  name: string,
  create: () => Augmentation<P>,
  identity: (spatial: Shape) => P,
  moves: boolean,
  tolerance = 0,
): Row => ({ name, create: create as () => Augmentation, identity, moves, tolerance });

const zeros = (spatial: Shape): number[] => spatial.map(() => 0);
const noAngles = (spatial: Shape): number[] => (spatial.length === 2 ? [0] : [0, 0, 0]);
const perChannel = <P>(spatial: Shape, value: P): { data: P[] } => ({ data: spatial.map(() => value) });
const whole = (spatial: Shape): { offset: number[]; size: Shape } => ({ offset: zeros(spatial), size: spatial });

const rows: readonly Row[] = [
  row('RandomCrop', () => new RandomCrop({ size: 4 }), whole, true),
  row('RandomCrop beyond the edges', () => new RandomCrop({ size: 9 }), whole, true),
  row('CenterCrop', () => new CenterCrop({ size: 4 }), whole, true),
  row('Pad', () => new Pad({ size: 8, divisibleBy: 3 }), whole, true),
  row('Pad by reflection', () => new Pad({ size: 9, mode: 'reflect' }), whole, true),
  row('Pad by the edge', () => new Pad({ size: 9, mode: 'edge' }), whole, true),
  row(
    'Mirror',
    () => new Mirror(),
    () => ({ axes: [] }),
    true,
  ),
  row(
    'SpatialTransform',
    () =>
      new SpatialTransform({
        rotation: [-0.6, 0.6],
        scale: [0.7, 1.4],
        scalePerAxis: true,
        translation: [-1, 1],
        elastic: { maximumDisplacement: 1.5, controlPoints: 5 },
      }),
    (spatial) => ({
      rotation: noAngles(spatial),
      scale: spatial.map(() => 1),
      translation: zeros(spatial),
      elastic: null,
    }),
    true,
    0.5 + 1e-5,
  ),
  row(
    'SpatialTransform by cubic splines',
    () => new SpatialTransform({ rotation: [-0.6, 0.6], scale: [0.7, 1.4], interpolation: 'cubic' }),
    (spatial) => ({
      rotation: noAngles(spatial),
      scale: spatial.map(() => 1),
      translation: zeros(spatial),
      elastic: null,
    }),
    true,
    // Beyond the outermost voxels the spline bends back, where coordinates would go on.
    0.75,
  ),
  row(
    'SpatialTransform without rotation by cubic splines',
    () => new SpatialTransform({ scale: [0.7, 1.4], scalePerAxis: true, translation: [-1, 1], interpolation: 'cubic' }),
    (spatial) => ({
      rotation: noAngles(spatial),
      scale: spatial.map(() => 1),
      translation: zeros(spatial),
      elastic: null,
    }),
    true,
    0.75,
  ),
  row(
    'RandomForegroundCrop',
    () => new RandomForegroundCrop({ size: 4, probability: 0.7 }),
    (spatial) => ({ ...whole(spatial), class: null }),
    true,
  ),
  row(
    'Resize',
    () => new Resize({ size: 5 }),
    (spatial) => ({ size: spatial }),
    true,
    0.75,
  ),
  row(
    'Resize to the nearest',
    () => new Resize({ size: 9, interpolation: 'nearest', maskInterpolation: 'nearest', align: 'centres' }),
    (spatial) => ({ size: spatial }),
    true,
  ),
  row(
    'Brightness',
    () => new Brightness({ additive: [-1, 1] }),
    (spatial) => perChannel(spatial, { factor: 1, offset: 0 }),
    false,
  ),
  row(
    'Gamma',
    () => new Gamma({ retainStatistics: true }),
    (spatial) => perChannel(spatial, 1),
    false,
  ),
  row(
    'Gamma of the inverse',
    () => new Gamma({ invert: true }),
    (spatial) => perChannel(spatial, 1),
    false,
  ),
  row(
    'GaussianBlur',
    () => new GaussianBlur(),
    (spatial) => perChannel(spatial, zeros(spatial)),
    false,
  ),
  row(
    'SimulateLowResolution',
    () => new SimulateLowResolution(),
    (spatial) => perChannel(spatial, 1),
    false,
  ),
  row(
    'Contrast',
    () => new Contrast(),
    (spatial) => perChannel(spatial, 1),
    false,
  ),
  row(
    'GaussianNoise',
    () => new GaussianNoise(),
    () => ({ data: [{ std: 0, seed: 1 }] }),
    false,
  ),
  row(
    'MeanStdNormalization',
    () => new MeanStdNormalization({ mean: 2, std: 3 }),
    () => ({ data: [{ mean: 0, std: 1 }] }),
    false,
  ),
  row(
    'ZScoreNormalization',
    () => new ZScoreNormalization(),
    (spatial) => perChannel(spatial, { mean: 0, std: 1 }),
    false,
  ),
  row(
    'MinMaxNormalization',
    () => new MinMaxNormalization(),
    (spatial) => perChannel(spatial, { lower: 0, upper: 1 }),
    false,
  ),
  row(
    'PercentileClip',
    () => new PercentileClip({ lower: 10, upper: 90 }),
    (spatial) => perChannel(spatial, { lower: -100, upper: 100 }),
    false,
  ),
  row(
    'Compose',
    () => new Compose([new Mirror(), new SpatialTransform({ rotation: [-1, 1] }), new RandomCrop({ size: 5 })]),
    (spatial) => [
      { axes: [] },
      { rotation: noAngles(spatial), scale: spatial.map(() => 1), translation: zeros(spatial), elastic: null },
      whole(spatial),
    ],
    true,
    0.5 + 1e-5,
  ),
  row(
    'RandomApply',
    () => new RandomApply(new Mirror()),
    () => null,
    true,
  ),
  row(
    'OneOf',
    () => new OneOf([new Mirror(), new RandomCrop({ size: 5 })]),
    () => ({ index: 0, parameters: { axes: [] } }),
    true,
  ),
];

const shapes: readonly Shape[] = [
  [6, 7],
  [5, 6, 7],
];

/** Every voxel of the result: its number in both masks is the same, and the image says that it comes from there. */
function expectAligned(before: Sample, after: Sample, tolerance: number): number {
  const spatial = before['label']!.shape;
  const [image, label, seg] = [after['data']!, after['label']!, after['seg']!];
  const size = sizeOf(label.shape);
  expect(image.shape).toEqual([spatial.length, ...label.shape]);
  expect(seg.shape).toEqual([1, ...label.shape]);
  expect(seg.data).toEqual(label.data);
  let seen = 0;
  for (let voxel = 0; voxel < size; voxel++) {
    const number = label.data[voxel]!;
    if (number === 0) continue;
    seen++;
    placeOf(number - 1, spatial).forEach((index, axis) => {
      const distance = Math.abs(image.data[axis * size + voxel]! - index);
      if (!(distance <= tolerance)) expect.fail(`voxel ${voxel}, axis ${axis}: ${distance} voxels apart`);
    });
  }
  return seen;
}

const dataOf = ({ data }: NDArray): ArrayLike<number> => data;

describe.each(rows)('$name', ({ create, identity, moves, tolerance = 0 }) => {
  describe.each(shapes.map((spatial) => ({ spatial })))('on $spatial', ({ spatial }) => {
    it('leaves its input as it is, and shares what it does not change', () => {
      const sample = sampleOf(spatial);
      const before = copyOf(sample);
      for (let seed = 0; seed < 4; seed++) {
        const { sample: after } = create().augment(sample, createRng(seed));
        expect(after['class']).toBe(sample['class']);
      }
      expect(sample).toEqual(before);
    });

    it('draws plain parameters that replay the result bit for bit', () => {
      const transform = create();
      for (let seed = 0; seed < 4; seed++) {
        const sample = sampleOf(spatial);
        const { sample: after, parameters } = transform.augment(sample, createRng(seed));
        const logged: unknown = JSON.parse(JSON.stringify(parameters));
        expect(logged).toEqual(parameters);
        expect(create().replay(sampleOf(spatial), logged)).toEqual(after);
        expect(transform.draw(sample, createRng(seed))).toEqual(parameters);
      }
    });

    it('gives float32 images, and masks of the same dtype and values', () => {
      const sample = sampleOf(spatial);
      const { sample: after } = create().augment(sample, createRng(7));
      expect(after['data']!.dtype).toBe('float32');
      expect(after['data']!.data).toHaveLength(sizeOf(after['data']!.shape));
      expect(Array.from(dataOf(after['data']!)).every(Number.isFinite)).toBe(true);
      for (const key of ['label', 'seg']) {
        expect(after[key]!.dtype).toBe('int32');
        const values = new Set(dataOf(sample[key]!) as Int32Array);
        expect(Array.from(dataOf(after[key]!)).filter((value) => value !== 0 && !values.has(value))).toEqual([]);
      }
    });

    it('changes nothing with the parameters of the identity', () => {
      const sample = sampleOf(spatial);
      expect(create().replay(sample, identity(spatial))).toEqual(sample);
    });
  });

  it('keeps images and masks aligned, whatever the shape and the seed', () => {
    const extents = fc.array(fc.integer({ min: 2, max: 8 }), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(extents, fc.nat(), (spatial, seed) => {
        const sample = sampleOf(spatial);
        const { sample: after } = create().augment(sample, createRng(seed));
        if (!moves) {
          expect(after['label']).toBe(sample['label']);
          expect(after['seg']).toBe(sample['seg']);
          expect(after['data']!.shape).toEqual(sample['data']!.shape);
          return;
        }
        expect(expectAligned(sample, after, tolerance)).toBeGreaterThan(0);
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

it('every transform of the package is among these', () => {
  // Masks that become images are a case of their own, below.
  const tested = new Set<unknown>([...rows.map(({ create }) => create().constructor), OneHot]);
  const exported = Object.values<unknown>(transforms).filter(
    (value) => typeof value === 'function' && value.prototype instanceof Augmentation,
  );
  expect(exported.length).toBeGreaterThan(15);
  expect(exported.filter((value) => !tested.has(value))).toEqual([]);
});

describe('OneHot', () => {
  it.each(shapes.map((spatial) => ({ spatial })))('takes masks apart on $spatial', ({ spatial }) => {
    const sample = sampleOf(spatial);
    const before = copyOf(sample);
    const count = sizeOf(spatial) + 1;
    const { sample: after, parameters } = new OneHot({ classes: count }).augment(sample, createRng(1));
    expect(parameters).toBeNull();
    expect(sample).toEqual(before);
    expect(after['data']).toBe(sample['data']);
    for (const key of ['label', 'seg']) {
      const { dtype, shape, data } = after[key]!;
      expect({ dtype, shape }).toEqual({ dtype: 'float32', shape: [count, ...spatial] });
      // Voxel i has the number i + 1.
      const size = sizeOf(spatial);
      expect(data.every((value, at) => value === (Math.floor(at / size) === (at % size) + 1 ? 1 : 0))).toBe(true);
    }
  });
});
