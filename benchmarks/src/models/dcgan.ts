import { createRng } from '@delira/core';
import { DCGAN } from '@delira/models-gan';
import { randomImages } from './randomBatch.js';
import { shapesWithin, type TimedModel } from './TimedModel.js';

const NOISE_LENGTH = 100;

/** DCGAN with both of its updates; training draws its noise, a prediction is given it. */
export const dcgan: TimedModel = {
  shapes: {
    train: shapesWithin(0.9, [64, 1, 64, 64], [16, 1, 64, 64]),
    predict: shapesWithin(0.8, [64, 1, 64, 64], [16, 1, 64, 64], [1, 1, 64, 64]),
  },
  create: ([, inChannels = 1, imageSize = 64]) => new DCGAN({ inChannels, imageSize, noiseLength: NOISE_LENGTH }),
  losses: {},
  batch: (shape, seed, mode) => {
    const rng = createRng(seed);
    return mode === 'train'
      ? { data: randomImages(shape, rng) }
      : { noise: randomImages([shape[0] ?? 1, NOISE_LENGTH], rng) };
  },
};
