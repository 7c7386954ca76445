// `resumeTraining.js FOLDER [OPERATION]`: trains a tiny network in a folder, or goes on there; says `ready` when it begins, and prints in the end
// what came of it. It ends itself in the middle of the OPERATION-th of those that write checkpoints.
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { createRng, ndarray, zeros } from '@delira/core';
import { ArrayDataset, DataLoader, loadPipeline, Subset } from '@delira/data-loading';
import { CsvHandler, JsonlHandler, Logger } from '@delira/logging';
import { accuracy } from '@delira/metrics';
import { crossEntropyLoss } from '@delira/nn';
import { adam, chain, clipByGlobalNorm, ema, oneCycleSchedule } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { EarlyStopping, ReduceLROnPlateau, Trainer } from '@delira/training';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DeadlyDisk } from './DeadlyDisk.js';
import { TinyDropoutNetwork } from './models/TinyDropoutNetwork.js';

const SAMPLES = 58;
const VALIDATED = 10;
const BATCH = 4;
const EPOCHS = 12;
/** Steps after which the last checkpoint is saved, besides the end of each epoch. */
const SAVED = 5;

const [folder = '.', operation = 'Infinity'] = process.argv.slice(2);
const fileSystem = new DeadlyDisk(Number(operation));
const rng = createRng(1);
const labels = Int32Array.from({ length: SAMPLES }, () => rng.int(3));
const data = zeros([SAMPLES, 1, 8, 8]);
rng.fillNormal(data.data);
// Images of a class are brighter in one of three rows.
data.data.forEach((value, position) => {
  const row = Math.floor((position % 64) / 8);
  data.data[position] = value + (row === 2 * labels[Math.floor(position / 64)]! ? 1.5 : 0);
});
const dataset = new ArrayDataset({ data, label: ndarray(labels, [SAMPLES], 'int32') });
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const trained = new Subset(dataset, range(VALIDATED, SAMPLES));
const train = new DataLoader({
  dataset: trained,
  batchSize: BATCH,
  sampler: new RandomSampler(trained, { seed: 2 }),
  seed: 3,
  workers: 2,
  pipeline: await loadPipeline({ module: new URL('./resumePipeline.js', import.meta.url) }),
});
const val = new DataLoader({ dataset: new Subset(dataset, range(0, VALIDATED)), batchSize: BATCH });

const logger = new Logger({
  handlers: [
    new CsvHandler({ path: join(folder, 'epochs.csv') }),
    new JsonlHandler({ path: join(folder, 'history.jsonl') }),
  ],
});
const backend = await createOnnxBackend({ threads: 1 });
const last = join(folder, 'last.safetensors');
const trainer = new Trainer({
  network: new TinyDropoutNetwork(),
  backend,
  optimizers: { default: chain(clipByGlobalNorm(1), ema(adam(), 0.95)) },
  losses: { crossEntropy: crossEntropyLoss() },
  metrics: [accuracy()],
  schedules: {
    'default.lr': oneCycleSchedule({ maximum: 0.04, totalSteps: EPOCHS * train.batches }),
  },
  callbacks: [
    { onBatchEnd: (run) => (run.step % SAVED === 0 ? run.save(last) : undefined) },
    new ReduceLROnPlateau({ monitor: 'val_accuracy', patience: 0, factor: 0.3 }),
    new EarlyStopping({ monitor: 'val_loss', minDelta: 0.02, patience: 1 }),
  ],
  seed: 4,
  keep: 2,
  stepsPerCall: 2,
  logger,
  progress: false,
  savePath: folder,
  fileSystem,
});
process.stdout.write('ready\n');
const { history, step, stopped } = await trainer.fit(
  { train, val },
  { epochs: EPOCHS, ...(existsSync(last) ? { resume: last } : {}) },
);
logger.close();
await train.dispose();
await trainer.dispose();
await backend.dispose();
process.stdout.write(
  `${JSON.stringify({ epochs: history.length, step, stopped, operations: fileSystem.operations })}\n`,
);
