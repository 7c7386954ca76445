import { CLASS_NAMES } from '@delira/brain-atlas';
import type { Sample } from '@delira/core';
import { ArrayDataset, DataLoader } from '@delira/data-loading';
import { UNet2d } from '@delira/models-segmentation';
import { diceCrossEntropyLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { createBackend, type EngineName } from './engines.js';

export interface TrainOptions {
  readonly engine: EngineName;
  readonly slices: Sample;
  readonly epochs: number;
  /** Per epoch. */
  readonly steps: number;
  readonly seed: number;
  /** Where the checkpoint is saved. */
  readonly folder: string;
  /** A checkpoint of any engine to go on from. */
  readonly resume?: string;
}

export interface Trained {
  /** Mean loss of every epoch that this engine trained. */
  readonly losses: readonly number[];
  readonly checkpoint: string;
  /** Of one step inside of the engine, its compiling left out. */
  readonly millisecondsPerStep: number;
}

/** Everything but the engine is the same: the U-Net, its first weights, the slices and their order, the optimizer. */
export async function train(options: TrainOptions): Promise<Trained> {
  const { engine, slices, epochs, steps, seed, folder, resume } = options;
  const dataset = new ArrayDataset(slices);
  const batchSize = 4;
  const loader = new DataLoader({
    dataset,
    batchSize,
    sampler: new RandomSampler(dataset, { seed, replacement: true, numSamples: steps * batchSize }),
    seed,
  });
  const backend = await createBackend(engine);
  const trainer = new Trainer({
    network: new UNet2d({ inChannels: 1, numClasses: CLASS_NAMES.length, depth: 3, startFilters: 8, norm: 'batch' }),
    backend,
    optimizers: { default: adam({ lr: 0.003 }) },
    losses: { diceCrossEntropy: diceCrossEntropyLoss() },
    seed,
    progress: false,
    savePath: folder,
  });
  try {
    const result = await trainer.fit({ train: loader }, { epochs, ...(resume === undefined ? {} : { resume }) });
    const { history, checkpoint, timings } = result;
    if (checkpoint === null || result.signal !== null) throw new Error('The training was interrupted.');
    const losses = history.map((epoch) => epoch['loss']!);
    return {
      losses: resume === undefined ? losses : losses.slice(-1),
      checkpoint,
      millisecondsPerStep: timings.run / timings.steps,
    };
  } finally {
    await trainer.dispose();
    await backend.dispose();
  }
}
