import { createReferenceBackend } from '@delira/backend-reference';
import { createRng, ndarray, Network, type Sample, type Tensor } from '@delira/core';
import { ArrayDataset, DataLoader, type Dataset } from '@delira/data-loading';
import { accuracy } from '@delira/metrics';
import { BatchNorm1d, crossEntropyLoss, Dropout, Linear } from '@delira/nn';
import { adam, chain, clipByGlobalNorm, ema, oneCycleSchedule } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { createHash } from 'node:crypto';
import { type Loaders, Trainer, type TrainerOptions } from '../../src/index.js';

/** All that a resumed run must not forget: weights, running statistics, noise. */
export class TinyNetwork extends Network {
  static readonly type: string = 'TinyNetwork';
  readonly config;
  readonly inputs;
  readonly hidden;
  readonly norm;
  readonly dropout = new Dropout(0.25);
  readonly head;

  constructor({ hidden = 6 }: { readonly hidden?: number } = {}) {
    super();
    this.config = { hidden };
    this.inputs = {
      data: { shape: [4], dtype: 'float32' },
      label: { shape: [], dtype: 'int32', range: [0, 2] },
    } as const;
    this.hidden = new Linear(4, hidden);
    this.norm = new BatchNorm1d(hidden);
    this.head = new Linear(hidden, 3);
  }

  override predict({ data }: { readonly data: Tensor }): { readonly pred: Tensor } {
    return { pred: this.head.forward(this.dropout.forward(this.norm.forward(this.hidden.forward(data)).relu())) };
  }
}

/** Three noisy clusters in four dimensions. */
export function tinyDataset(length: number, seed: number): ArrayDataset {
  const rng = createRng(seed);
  const labels = Int32Array.from({ length }, () => rng.int(3));
  const data = Float32Array.from({ length: 4 * length }, (_, index) => {
    const label = labels[Math.floor(index / 4)]!;
    return (index % 4 === label ? 1.5 : 0) + rng.normal();
  });
  return new ArrayDataset({ data: ndarray(data, [length, 4]), label: ndarray(labels, [length], 'int32') });
}

export const BATCH_SIZE = 4;
/** Of 26 samples: the last two of an epoch make no batch. */
export const STEPS_PER_EPOCH = 6;

/** 26 samples in random order with noise added; 13 to validate on, in batches of another size. */
export function tinyLoaders(dataset: Dataset = tinyDataset(26, 1)): Required<Loaders> {
  const train = new DataLoader({
    dataset,
    batchSize: BATCH_SIZE,
    sampler: new RandomSampler(dataset, { seed: 5 }),
    seed: 7,
    transform: ({ data, label }, rng): Sample => ({
      data: { ...data!, data: Float32Array.from(data!.data, (value) => value + 0.1 * rng.normal()) },
      label: label!,
    }),
  });
  return { train, val: new DataLoader({ dataset: tinyDataset(13, 2), batchSize: 5 }) };
}

type Parts<T> = T extends Network<infer B, infer P> ? readonly [B, P] : never;
export type B = Parts<TinyNetwork>[0];
export type P = Parts<TinyNetwork>[1];
export type TinyOptions = Partial<TrainerOptions<B, P>>;
export type TinyTrainer = Trainer<B, P>;

/** A trainer with schedule, clipping, moving average and metric, on the reference backend. */
export function tinyTrainer(options: TinyOptions = {}): TinyTrainer {
  return new Trainer({
    network: new TinyNetwork(),
    backend: createReferenceBackend(),
    optimizers: { default: chain(clipByGlobalNorm(1), ema(adam({ lr: 0.01 }), 0.9)) },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
    schedules: { 'default.lr': oneCycleSchedule({ maximum: 0.05, totalSteps: 2 * STEPS_PER_EPOCH }) },
    seed: 3,
    progress: false,
    ...options,
  });
}

/** Of all variables, bit for bit. */
export async function digestOf(trainer: TinyTrainer): Promise<string> {
  const variables = [...(await (await trainer.state()).read())].sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  for (const [name, { dtype, shape, data }] of variables) {
    hash.update(`${name} ${dtype} ${shape.join()}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
