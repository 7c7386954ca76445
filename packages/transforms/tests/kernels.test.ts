import { createRng, ndarray } from '@delira/core';
import { expectClose } from '@delira/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityTable, mirrorTable } from '../src/kernels/axisTables.js';
import { gather } from '../src/kernels/gather.js';
import { fillNoise } from '../src/kernels/normalNoise.js';
import { channelsAtOnce, openCubic } from '../src/kernels/openCubic.js';
import { fillCoefficients } from '../src/kernels/cubic.js';
import { raise } from '../src/kernels/raise.js';
import { filterFourLines, filterSpline } from '../src/kernels/splineFilter.js';
import { SpatialTransform } from '../src/index.js';

describe('fillNoise', () => {
  it('is normal: its moments, and how many lie within each range', () => {
    const noise = new Float32Array(1_000_001);
    fillNoise(noise, 5);
    const moment = (power: number): number => noise.reduce((sum, value) => sum + value ** power, 0) / noise.length;
    expect(Math.abs(moment(1))).toBeLessThan(4e-3);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(6e-3);
    expect(Math.abs(moment(3))).toBeLessThan(1.6e-2);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4e-2);
    const shares = [-3, -2, -1, 0, 1, 2, 3].map(
      (bound) => noise.filter((value) => value < bound).length / noise.length,
    );
    [0.00135, 0.02275, 0.158655, 0.5, 0.841345, 0.97725, 0.99865].forEach((expected, index) =>
      expect(Math.abs(shares[index]! - expected)).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / noise.length),
      ),
    );
  });

  it('depends on all 53 bits of the seed, and a number on its place alone', () => {
    const draw = (length: number, seed: number): Float32Array => {
      const noise = new Float32Array(length);
      fillNoise(noise, seed);
      return noise;
    };
    expect(draw(3, 7)).toEqual(draw(100, 7).subarray(0, 3));
    expect(draw(3, 7 + 2 ** 32)).not.toEqual(draw(3, 7));
    expect(draw(3, 8)).not.toEqual(draw(3, 7));
    expect(draw(0, 8)).toHaveLength(0);
  });
});

describe('raise', () => {
  it.each([0.3, 0.7, 1.5, 3])('is Math.pow to float32 precision: %d', (gamma) => {
    const rng = createRng(1);
    const values = Float32Array.from({ length: 20_000 }, (_, i) =>
      i < 10_000 ? rng.uniform() : 2 ** (-40 * rng.uniform()),
    );
    const raised = values.slice();
    raise(raised, gamma);
    const worst = raised.reduce((most, value, i) => Math.max(most, Math.abs(value / values[i]! ** gamma - 1)), 0);
    // The last digit of float32 is 6e-8, and the third power triples what the polynomials are off.
    expect(worst).toBeLessThan(1.5e-7);
  });

  it('knows zero, one, and what is no number', () => {
    const values = Float32Array.of(0, -0, 1, NaN);
    raise(values, 0.5);
    expect([...values]).toEqual([0, 0, 1, NaN]);
  });
});

describe('gather', () => {
  const table = (count: number): fc.Arbitrary<Int32Array> =>
    fc.oneof(
      fc.constantFrom(identityTable(count), mirrorTable(count)),
      fc
        .array(fc.integer({ min: -1, max: count - 1 }), { minLength: 1, maxLength: 6 })
        .map((from) => Int32Array.from(from)),
    );
  const tables = fc
    .array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 3 })
    .chain((shape) => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(table)), fc.constantFrom(0, 7)));

  it('takes every voxel from where the tables say', () => {
    fc.assert(
      fc.property(tables, ([shape, from, fill]) => {
        const [depth, height, width] = shape.length === 3 ? shape : [1, ...shape];
        const [slices, rows, columns] = from.length === 3 ? from : [Int32Array.of(0), ...from];
        const size = depth! * height! * width!;
        const source = ndarray(
          Int32Array.from({ length: 2 * size }, (_, i) => i + 1),
          [2, ...shape],
          'int32',
        );
        const expected = [0, size].flatMap((channel) =>
          [...slices!].flatMap((z) =>
            [...rows!].flatMap((y) =>
              [...columns!].map((x) => (z < 0 || y < 0 || x < 0 ? fill : 1 + channel + (z * height! + y) * width! + x)),
            ),
          ),
        );
        const gathered = gather(source, from, fill);
        expect(gathered.shape).toEqual([2, ...from.map(({ length }) => length)]);
        expect([...gathered.data]).toEqual(expected);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('filterFourLines', () => {
  it.each([1, 2, 5, 40])('filters lines of %d as one after the other', (count) => {
    const rng = createRng(7);
    const apart = count + 3;
    const together = Float64Array.from({ length: 4 * apart }, () => rng.uniform());
    const alone = together.slice();
    filterFourLines(together, 1, count, apart);
    for (let line = 0; line < 4; line++) filterSpline(alone, 1 + line * apart, count, 1, 1);
    expect(together).toEqual(alone);
  });
});

describe('openCubic', () => {
  const weights = (t: number): number[] => [
    (1 - t) ** 3 / 6,
    2 / 3 - t ** 2 + t ** 3 / 2,
    2 / 3 - (1 - t) ** 2 + (1 - t) ** 3 / 2,
    t ** 3 / 6,
  ];

  it.each([
    { source: [3, 4, 5] as const, taps: [0, 1, 2, 3] },
    { source: [1, 4, 5] as const, taps: [0] },
  ])('adds up weighted coefficients of $source', ({ source, taps }) => {
    const rng = createRng(3);
    const width = 9;
    const [depth, height, across] = [source[0] === 1 ? 1 : source[0] + 3, source[1] + 3, source[2] + 3];
    const { row, coefficients, sampleRow } = openCubic(source, width, 2);
    for (const spline of coefficients) spline.forEach((_, i) => (spline[i] = rng.uniform() - 0.5));
    for (const shares of row.shares) shares.forEach((_, i) => (shares[i] = i === 0 ? 0 : i === 1 ? 1 : rng.uniform()));
    // Up to the last place with three neighbours behind along each axis.
    const last = ((depth - taps.length) * height + height - 4) * across + across - 4;
    row.lower.forEach((_, i) => (row.lower[i] = i === 4 ? -1 : Math.floor((last * i) / (width - 1))));
    const [deep, down, right] = row.shares;
    coefficients.forEach((spline, channel) => {
      const sampled = new Float32Array(width + 3).fill(5);
      sampleRow(spline, 0, sampled, 2, 7, row);
      const expected = [...row.lower].map((lower, i) => {
        if (lower < 0) return 7;
        const [z, y, x] = [taps.length === 1 ? [1] : weights(deep[i]!), weights(down[i]!), weights(right[i]!)];
        let sum = 0;
        for (const [k, slice] of taps.entries())
          for (let m = 0; m < 4; m++)
            for (let n = 0; n < 4; n++)
              sum += z[k]! * y[m]! * x[n]! * spline[lower + (slice * height + m) * across + n]!;
        return sum;
      });
      expect(spline).toHaveLength(depth * height * across);
      expect([sampled[0], sampled[1], sampled[width + 2]], `channel ${channel}`).toEqual([5, 5, 5]);
      // Half of the last digit of a float32 below 1.
      sampled.subarray(2, width + 2).forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(3.1e-8));
    });
  });

  it.each([[[2, 3, 3]], [[3, 2, 5]], [[4, 5, 2]], [[1, 2, 7]], [[5, 6, 1]]] as const)(
    'filters rows of %j as numbers one by one',
    ([depth, height, width]) => {
      const rng = createRng(5);
      const source = [depth, height, width] as const;
      const { coefficients, passes } = openCubic(source, width, 1);
      const values = Float32Array.from({ length: depth * height * width }, () => rng.uniform());
      const one = new Float64Array(coefficients[0]!.length);
      fillCoefficients(values, source, one);
      fillCoefficients(values, source, coefficients[0]!, passes);
      expect(coefficients[0]).toEqual(one);
    },
  );

  it('takes memory as needed, and says what is too large', () => {
    expect(channelsAtOnce([61, 61, 61], 64)).toBe(31);
    expect(channelsAtOnce([300, 300, 300], 64)).toBe(1);
    const { coefficients } = openCubic([61, 61, 61], 64, 31);
    expect(coefficients.at(-1)!.fill(3).at(-1)).toBe(3);
    expect(openCubic([2, 2, 2], 4, 1).coefficients).toHaveLength(1);
    expect(() => openCubic([900, 900, 900], 64, 1)).toThrow(
      'A cubic spline through 900 × 900 × 900 voxels takes 5.5 GiB. Expected at most 4',
    );
  });

  it('warps channels that do not fit together one group after the other', () => {
    const [extent, count] = [1021, 9];
    expect(channelsAtOnce([1, extent, extent], 3)).toBeLessThan(count);
    const data = new Float32Array(count * extent ** 2);
    const middle = (extent ** 2 - 1) / 2;
    for (let channel = 0; channel < count; channel++) data[channel * extent ** 2 + middle] = channel + 1;
    const label = new Uint8Array(extent ** 2);
    label[middle] = 1;
    const sample = {
      data: ndarray(data, [count, extent, extent]),
      label: ndarray(label, [extent, extent], 'uint8'),
    };
    const moved = new SpatialTransform({ interpolation: 'cubic', size: [1, 3] }).apply(sample, {
      rotation: [0],
      scale: [1, 1],
      translation: [0, 1],
      elastic: null,
    });
    const expected = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? (i + 1) / 3 : 0));
    expectClose(moved['data']!, ndarray(expected, [count, 1, 3]), { rtol: 0, atol: 1e-6 });
    expect(moved['label']).toEqual(ndarray([0, 0, 1], [1, 3], 'uint8'));
  });
});
