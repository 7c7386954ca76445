import { type DType, type NDArray, ndarray } from '@delira/core';
import { expectClose, loadFixture } from '@delira/testkit';
import {
  type Connectivity,
  connectedComponents,
  type Geometry,
  type Grid,
  type Interpolation,
  largestComponent,
  type Matrix4,
  orient,
  orientationOf,
  resampleToImage,
  type Volume,
  volume,
} from '../src/index.js';
import { describe, expect, it } from 'vitest';

interface RecordedVolume extends Geometry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Recorded {
  readonly images: Readonly<Record<string, RecordedVolume>>;
  readonly grids: Readonly<Record<string, Grid>>;
  readonly resampled: readonly {
    readonly image: string;
    readonly grid: string;
    readonly interpolation: Interpolation;
    readonly dtype: DType;
    readonly transform: Matrix4 | null;
    readonly result: RecordedVolume;
  }[];
  readonly oriented: readonly { readonly image: string; readonly code: string; readonly result: RecordedVolume }[];
  readonly components: readonly {
    readonly connectivity: Connectivity;
    readonly shape: readonly number[];
    readonly mask: readonly number[];
    readonly labels: readonly number[];
  }[];
}
const recorded = loadFixture<Recorded>(import.meta.url, 'simpleitk');

const arrayOf = ({ values, shape, dtype }: RecordedVolume): NDArray => ndarray(values, shape, dtype);
const volumeOf = (each: RecordedVolume): Volume => volume(arrayOf(each), each);
const imageOf = (name: string): Volume => volumeOf(recorded.images[name]!);

function expectPlace(actual: Geometry, expected: Geometry): void {
  const tolerance = { rtol: 1e-12, atol: 1e-12 };
  expectClose([...actual.spacing], [...expected.spacing], tolerance, 'spacing');
  expectClose([...actual.origin], [...expected.origin], tolerance, 'origin');
  expectClose([...actual.direction], [...expected.direction], tolerance, 'direction');
}

describe('resampling equals SimpleITK', () => {
  const cases = recorded.resampled.map((each) => ({
    ...each,
    name: `${each.image} on ${each.grid}${each.transform === null ? '' : ', moved'}: ${each.interpolation}, ${each.dtype}`,
  }));

  it.each(cases)('$name', ({ image, grid, interpolation, dtype, transform, result }) => {
    const fill = dtype === 'uint8' ? 7 : -7;
    const options = { interpolation, dtype, fill, ...(transform === null ? {} : { transform }) };
    const actual = resampleToImage(imageOf(image), recorded.grids[grid]!, options);
    expectPlace(actual, result);
    expect(actual.array.dtype).toBe(dtype);
    expect(actual.array.shape).toEqual(result.shape);
    const integers = dtype === 'int32' || dtype === 'uint8';
    const exact = interpolation === 'nearest' || integers;
    expectClose(
      actual.array,
      arrayOf(result),
      exact ? { rtol: 0, atol: 0 } : { rtol: 0, atol: dtype === 'float32' ? 1e-5 : 1e-11 },
    );
  });
});

describe('orientation equals SimpleITK', () => {
  it.each(recorded.oriented)('$image as $code', ({ image, code, result }) => {
    const actual = orient(imageOf(image), code);
    expectPlace(actual, result);
    expect(actual.array).toEqual(arrayOf(result));
    expect(orientationOf(actual)).toBe(code);
  });
});

describe('connected components equal SimpleITK', () => {
  it.each(recorded.components)('that touch by $connectivity', ({ connectivity, shape, mask, labels }) => {
    const { labels: actual, sizes } = connectedComponents(ndarray(mask, shape, 'uint8'), { connectivity });
    expect([...actual.data]).toEqual(labels);
    expect(sizes).toEqual(sizes.map((_, index) => labels.filter((label) => label === index + 1).length));
    const largest = largestComponent(ndarray(mask, shape, 'uint8'), { connectivity });
    expect([...largest.data]).toEqual(labels.map((label) => (label === 1 ? 1 : 0)));
  });
});
