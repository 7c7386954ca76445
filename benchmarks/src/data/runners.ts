import { createOnnxBackend } from '@delira/backend-onnx-training';
import { DataLoader, loadPipeline } from '@delira/data-loading';
import { loadNifti } from '@delira/io';
import { UNet2d, UNet3d } from '@delira/models-segmentation';
import { diceCrossEntropyLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { SAMPLES } from './augmentPipeline.js';
import type { DataOptions } from './dataOptions.js';
import { Turn } from './Turn.js';

/** What a stepper times: an epoch, and how many parts it has. */
export interface Runner {
  readonly parts: number;
  epoch(): Promise<void>;
  dispose(): Promise<void>;
}

type Settings = Required<DataOptions>;

const createLoader = async ({ chain, size, batch, batches, workers }: Settings): Promise<DataLoader> =>
  new DataLoader({
    pipeline: await loadPipeline({
      module: new URL('./augmentPipeline.js', import.meta.url),
      options: { chain, size },
    }),
    sampler: new RandomSampler({ length: SAMPLES }, { replacement: true, numSamples: batch * batches }),
    batchSize: batch,
    workers,
  });

/** Batches of augmented samples that nobody uses. */
const augment = async (settings: Settings): Promise<Runner> => {
  const loader = await createLoader(settings);
  let epoch = 0;
  return {
    parts: settings.batches,
    async epoch() {
      for await (const { sample } of loader.epoch(epoch++))
        if (sample['data']?.shape[0] !== settings.batch) throw new Error('A batch is not full.');
    },
    dispose: () => loader.dispose(),
  };
};

/** All files, one after the other, as float32. */
const nifti = ({ files }: Settings): Promise<Runner> =>
  Promise.resolve({
    parts: 1,
    async epoch() {
      for (const file of files) await loadNifti(file, { dtype: 'float32' });
    },
    dispose: () => Promise.resolve(),
  });

/** A U-Net that learns from augmented samples, by the trainer: one training, which waits before each epoch until it is asked for. */
const train = async (settings: Settings): Promise<Runner> => {
  const loader = await createLoader(settings);
  const backend = await createOnnxBackend({ threads: settings.threads });
  const config = { inChannels: 1, numClasses: 3, startFilters: settings.filters, depth: settings.depth };
  const begun = new Turn();
  const ended = new Turn();
  let stopping = false;
  const trainer = new Trainer({
    network: settings.size.length === 2 ? new UNet2d(config) : new UNet3d(config),
    backend,
    optimizers: { default: adam({ lr: 1e-3 }) },
    losses: { diceCrossEntropy: diceCrossEntropyLoss() },
    progress: false,
    callbacks: [
      {
        onEpochBegin: async (run) => {
          await begun.taken();
          if (stopping) run.stop('everything is timed');
        },
        onEpochEnd: () => ended.give(),
      },
    ],
  });
  const training = trainer.fit({ train: loader }, { epochs: 1_000_000 });
  return {
    parts: settings.batches,
    async epoch() {
      begun.give();
      await Promise.race([ended.taken(), training]);
    },
    async dispose() {
      stopping = true;
      begun.give();
      await training;
      await trainer.dispose();
      await loader.dispose();
      await backend.dispose();
    },
  };
};

export const runners: Readonly<Record<DataOptions['task'], (settings: Settings) => Promise<Runner>>> = {
  augment,
  nifti,
  train,
};
