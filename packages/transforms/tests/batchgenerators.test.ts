import { castArray, createRng, type NDArray } from '@delira/core';
import { expectClose, type FixtureArray, fixtureArray, loadFixture } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  type Augmentation,
  CenterCrop,
  type CenterCropOptions,
  Contrast,
  Gamma,
  GaussianBlur,
  MeanStdNormalization,
  type MeanStdNormalizationOptions,
  MinMaxNormalization,
  Mirror,
  PercentileClip,
  Resize,
  SimulateLowResolution,
  SpatialTransform,
  ZScoreNormalization,
} from '../src/index.js';

const create = {
  CenterCrop: (options) => new CenterCrop(options as CenterCropOptions),
  Contrast: (options) => new Contrast(options),
  Gamma: (options) => new Gamma(options),
  GaussianBlur: (options) => new GaussianBlur(options),
  MeanStdNormalization: (options) => new MeanStdNormalization(options as MeanStdNormalizationOptions),
  MinMaxNormalization: (options) => new MinMaxNormalization(options),
  Mirror: (options) => new Mirror(options),
  PercentileClip: (options) => new PercentileClip(options),
  Resize: (options) => new Resize({ size: 1, ...options }),
  SimulateLowResolution: (options) => new SimulateLowResolution(options),
  SpatialTransform: (options) => new SpatialTransform(options),
  ZScoreNormalization: (options) => new ZScoreNormalization(options),
} satisfies Record<string, (options: object) => Augmentation>;

interface Row {
  readonly transform: keyof typeof create;
  readonly options: object;
  /** Null where the transform measures or computes them. */
  readonly parameters: unknown;
  readonly data: FixtureArray;
  readonly seg?: FixtureArray;
}
interface Recorded {
  readonly groups: readonly {
    readonly data: FixtureArray;
    readonly seg: FixtureArray;
    readonly rows: readonly Row[];
  }[];
}

const recorded = loadFixture<Recorded>(import.meta.url, 'batchgenerators');
const images = (array: FixtureArray): NDArray => castArray(fixtureArray(array), 'float32');

describe.each(recorded.groups)('batchgenerators on $data.shape', ({ data, seg, rows }) => {
  const sample = { data: images(data), seg: fixtureArray(seg, 'int32') };
  const named = rows.map((row) => ({
    ...row,
    label: `${row.transform} ${JSON.stringify({ ...row.options, drawn: row.parameters })}`,
  }));

  it.each(named)('$label', ({ transform, options, parameters, ...expected }) => {
    const augmentation = create[transform](options) as Augmentation;
    const result =
      parameters === null ? augmentation.augment(sample, createRng(1)).sample : augmentation.replay(sample, parameters);
    expectClose(result['data']!, images(expected.data), { rtol: 2e-6, atol: 3e-6 });
    expect(result['seg']).toEqual(expected.seg === undefined ? sample.seg : fixtureArray(expected.seg, 'int32'));
  });
});
