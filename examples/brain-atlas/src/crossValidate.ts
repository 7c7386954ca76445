import type { Backend } from '@delira/core';
import { ArrayDataset, DataLoader, type Dataset, type Loader, Subset } from '@delira/data-loading';
import type { Logger, ProgressBar } from '@delira/logging';
import { dice } from '@delira/metrics';
import { diceCrossEntropyLoss } from '@delira/nn';
import { adam, oneCycleSchedule } from '@delira/optim';
import { Parameters } from '@delira/parameters';
import { WeightedRandomSampler } from '@delira/samplers';
import { Experiment, type KFoldResult } from '@delira/training';
import { CLASS_NAMES } from './classes.js';
import { imageWeights } from './imageWeights.js';
import type { ExampleOptions } from './options.js';
import { randomPatch } from './randomPatch.js';
import type { SegmentationTask } from './SegmentationTask.js';

export interface CrossValidationParts {
  readonly backend: Backend;
  readonly logger: Logger;
  readonly bar: ProgressBar;
}

/**
 * Trains once for each part of the training hemisphere's images on the others, and tests on it. Neighbouring slices look alike, so a part is made
 * of neighbours.
 */
export async function crossValidate(
  task: SegmentationTask,
  options: ExampleOptions & { readonly kfold: number },
  { backend, logger, bar }: CrossValidationParts,
): Promise<KFoldResult> {
  const { kfold, epochs, steps, batchSize, learningRate, seed, output, resume } = options;
  const dataset = new ArrayDataset(task.train);
  const experiment = new Experiment({
    name: 'kfold',
    savePath: output,
    params: new Parameters({
      fixed: { model: task.network.config, training: { epochs, steps, batchSize, learningRate } },
    }),
    backend,
    logger,
    seed,
    build: () => ({
      network: task.network,
      optimizers: { default: adam({ lr: learningRate }) },
      losses: { diceCrossEntropy: diceCrossEntropyLoss({ dice: { background: false, batch: true } }) },
      metrics: [dice({ classes: CLASS_NAMES })],
      schedules: { 'default.lr': oneCycleSchedule({ maximum: learningRate, totalSteps: epochs * steps }) },
      progress: bar,
    }),
    loader: (images, { role }) =>
      role === 'train' ? trainLoader(images) : new DataLoader({ dataset: images, batchSize: task.validationBatch }),
  });

  function trainLoader(images: Dataset): Loader {
    const rows = images instanceof Subset ? images.indices : Array.from({ length: images.length }, (_, row) => row);
    const weights = imageWeights(task.train['label']!);
    return new DataLoader({
      dataset: images,
      batchSize,
      sampler: new WeightedRandomSampler(images, {
        weights: rows.map((row) => weights[row]!),
        seed,
        numSamples: steps * batchSize,
      }),
      transform: randomPatch(task.patch),
      seed,
    });
  }

  try {
    return await (resume ? experiment.resume(dataset) : experiment.kfold(dataset, { folds: kfold }));
  } finally {
    await experiment.dispose();
  }
}
