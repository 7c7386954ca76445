import { isMainThread } from 'node:worker_threads';
import { ndarray } from '@delira/core';
import {
  Augmentation,
  Compose,
  Contrast,
  Gamma,
  GaussianBlur,
  GaussianNoise,
  Mirror,
  OneOf,
  RandomApply,
  RandomForegroundCrop,
  Resize,
  SimulateLowResolution,
  SpatialTransform,
  toTransform,
} from '@delira/transforms';

/** Fails on one sample, or ends its worker there. */
class Fragile extends Augmentation {
  name = 'Fragile';

  constructor({ fail, exitOnce }) {
    super();
    this.options = { fail, exitOnce };
  }

  draw(_sample, rng) {
    return { angle: rng.int(100) };
  }

  apply(sample) {
    const { fail, exitOnce } = this.options;
    const [index] = sample.index.data;
    if (fail === index) throw new Error('the image is empty');
    if (!isMainThread && exitOnce?.index === index && Atomics.exchange(exitOnce.flag, 0, 1) === 0) process.exit(4);
    return sample;
  }
}

const sometimes = (transform) => new RandomApply(transform);

const parts = {
  crop: () => new RandomForegroundCrop({ size: 8 }),
  spatial: () =>
    new SpatialTransform({
      rotation: [-1, 1],
      rotationProbability: 0.5,
      scale: [0.7, 1.4],
      interpolation: 'cubic',
      elastic: { maximumDisplacement: 2, probability: 0.5 },
    }),
  noise: () => sometimes(new GaussianNoise()),
  blur: () => sometimes(new OneOf([new GaussianBlur(), new SimulateLowResolution()])),
  intensity: () => new OneOf([new Contrast(), new Gamma({ retainStatistics: true })]),
  mirror: () => new Mirror(),
  resize: () => new Resize({ size: 6 }),
};

/** Volumes of 10³ voxels with a mask, through transforms of every kind. */
export function createPipeline({ names = Object.keys(parts), length = 9, own = true, ...fragile } = {}) {
  const get = (index) => {
    const data = Float32Array.from({ length: 1000 }, (_, voxel) => Math.sin(voxel * (index + 1)));
    return {
      data: ndarray(data, [1, 10, 10, 10]),
      label: ndarray(Int32Array.from(data, Math.round), [10, 10, 10], 'int32'),
      index: ndarray([index], [1], 'int32'),
    };
  };
  const chain = new Compose([...names.map((name) => parts[name]()), new Fragile(fragile)]);
  return { ...(own ? { dataset: { length, get } } : {}), transform: toTransform(chain) };
}
