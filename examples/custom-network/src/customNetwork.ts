// A network, a loss, a metric and a training step of one's own, in one file: copy it and change what you need.
//
// The task: place every handwritten digit on a plane, so that each class becomes a cloud of its own. Cross-entropy alone separates the
// classes, but its clouds are long rays that touch. The centre loss (Wen et al., "A Discriminative Feature Learning Approach for Deep
// Face Recognition", ECCV 2016) pulls every digit towards the centre of its class; the centres follow by a rule that is no gradient.
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { Module, type NDArray, Network, oneHot, type Step, type Tensor, type Variable } from '@delira/core';
import { ArrayDataset, DataLoader, type Transform } from '@delira/data-loading';
import { readMnist } from '@delira/io';
import { type Accumulator, accuracy, type Metric } from '@delira/metrics';
import { BatchNorm2d, Conv2d, crossEntropyLoss, Linear, MaxPool, PReLU, Sequential } from '@delira/nn';
import { adam, oneCycleSchedule } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { join } from 'node:path';
import { drawClouds, type Points } from './drawClouds.js';

const CLASSES = 10;

// ── The network ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a batch holds: tensors here are symbolic, their numbers come when the compiled step runs. Use `type`, not `interface`. */
type Batch = Readonly<{ data: Tensor; label: Tensor }>;
/** What is predicted. Everything in it can be read by losses, by metrics and in the exported model. */
type Prediction = Readonly<{ pred: Tensor; embedding: Tensor }>;

/** A block of one's own: two convolutions beside a shortcut, then half the resolution. Layers in public properties get their names from them. */
class Block extends Module {
  readonly conv1: Conv2d;
  readonly norm1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly norm2: BatchNorm2d;
  readonly pool = new MaxPool({ window: 2 });

  constructor(inChannels: number, outChannels: number) {
    super();
    this.conv1 = new Conv2d(inChannels, outChannels, { kernel: 3, padding: 1, bias: false });
    this.norm1 = new BatchNorm2d(outChannels);
    this.conv2 = new Conv2d(outChannels, outChannels, { kernel: 3, padding: 1, bias: false });
    this.norm2 = new BatchNorm2d(outChannels);
  }

  forward(x: Tensor): Tensor {
    const first = this.norm1.forward(this.conv1.forward(x)).relu();
    const second = this.norm2.forward(this.conv2.forward(first)).relu();
    return this.pool.forward(first.add(second));
  }
}

export class EmbeddingNetwork extends Network<Batch, Prediction> {
  /** Names the network in checkpoints; with `config` it can be built again. */
  static readonly type = 'EmbeddingNetwork';
  readonly config = {};
  /** One sample of each batch entry, checked before every step: a wrong shape or label is refused by name. */
  readonly inputs = {
    data: { shape: [1, 28, 28], dtype: 'float32' },
    label: { shape: [], dtype: 'int32', range: [0, CLASSES - 1] },
  } as const;

  readonly features = new Sequential(new Block(1, 16), new Block(16, 32), new Block(32, 64));
  readonly hidden = new Sequential(new Linear(64 * 3 * 3, 64), new PReLU());
  readonly embed = new Linear(64, 2);
  readonly classify = new Linear(2, CLASSES);
  /** A buffer is state that no optimizer touches: saved, resumed, and changed by `assign` alone. */
  readonly centres: Variable = this.buffer([CLASSES, 2], 0);

  override predict({ data }: Pick<Batch, 'data'>): Prediction {
    const features = this.features.forward(data).reshape([data.shape[0]!, -1]);
    const embedding = this.embed.forward(this.hidden.forward(features));
    return { pred: this.classify.forward(embedding), embedding };
  }

  /**
   * One step, whole: what is computed, what is minimised, what changes besides. It is traced once and becomes one graph. Without this
   * override a step predicts, adds up the trainer's losses and minimises the sum.
   */
  override trainStep(batch: Batch, step: Step<Batch, Prediction>): Readonly<Record<string, Tensor>> {
    const prediction = this.predict(batch);
    const isOfClass = oneHot(batch.label, CLASSES); // [N, classes]
    const centreOf = isOfClass.matmul(this.centres.value); // [N, 2]

    const crossEntropy = step.losses['crossEntropy']!(prediction, batch);
    const compactness = centreLoss(prediction.embedding, centreOf);
    // A hyper is a number given at run time: the schedule below raises it step by step, and nothing is compiled again.
    const loss = crossEntropy.add(compactness.mul(step.hyper('compactnessWeight')));
    step.minimize('default', loss);

    // Equation 4 of the paper: centre −= rate · Σ (centre − embedding) / (1 + n) over the class's n digits in the batch.
    const differences = isOfClass.transpose([1, 0]).matmul(centreOf.sub(prediction.embedding)); // [classes, 2]
    const counts = isOfClass.sum([0]).reshape([CLASSES, 1]);
    this.centres.assign(this.centres.value.sub(differences.div(counts.add(1)).mul(0.5)));

    // Scalars are logged and shown; predictions are computed only where a metric asks for them.
    return { ...prediction, crossEntropy, compactness, loss };
  }
  // Evaluation keeps the default `evalStep`: predictions and the trainer's losses, without an update.
}

// ── The loss ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Half the mean squared distance to the centres, [N, 2] each. A loss is arithmetic on tensors; its gradient is derived. */
export function centreLoss(embedding: Tensor, centreOf: Tensor): Tensor {
  const difference = embedding.sub(centreOf);
  return difference.mul(difference).sum([1]).mean().mul(0.5);
}

// ── The metric ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Clouds {
  /** Per class: how many digits, and the sums of x, of y and of x² + y². */
  readonly sums: readonly (readonly [count: number, x: number, y: number, square: number])[];
}

/**
 * How far the classes' clouds lie apart, in widths of a cloud: the root of the variance between the classes' means over the variance
 * within the classes (Fisher's criterion). A metric runs on the host, batch by batch; its state is plain JSON, so that a checkpoint can
 * hold it, and counts sums, so that the result does not depend on the batches.
 */
export function separation(): Metric<Clouds> {
  return {
    name: 'separation',
    better: 'higher',
    needs: ['embedding'],
    init: () => ({ sums: Array.from({ length: CLASSES }, () => [0, 0, 0, 0]) }),
    update({ sums }, output, batch) {
      const next = sums.map((sum) => [...sum] as [number, number, number, number]);
      const { data } = output['embedding']!;
      batch['label']!.data.forEach((label, row) => {
        const [x, y] = [data[2 * row]!, data[2 * row + 1]!];
        const sum = next[label]!;
        sum[0] += 1;
        sum[1] += x;
        sum[2] += y;
        sum[3] += x * x + y * y;
      });
      return { sums: next };
    },
    result({ sums }) {
      const total = [0, 1, 2, 3].map((column) => sums.reduce((sum, row) => sum + row[column]!, 0));
      const [count, x, y, square] = total as [number, number, number, number];
      const ofMeans = sums.reduce((sum, [n, sx, sy]) => sum + (n === 0 ? 0 : (sx * sx + sy * sy) / n), 0);
      const between = ofMeans - (x * x + y * y) / count;
      return Math.sqrt(between / (square - ofMeans));
    },
  };
}

/** Like a metric, but its result is not a number: where each test digit lies, to draw it. */
function collectPoints(): Accumulator<Points, Points> {
  return {
    name: 'points',
    needs: ['embedding'],
    init: () => ({ x: [], y: [], label: [] }),
    update({ x, y, label }, output, batch) {
      const { data } = output['embedding']!;
      const labels = Array.from(batch['label']!.data);
      return {
        x: [...x, ...labels.map((_, row) => data[2 * row]!)],
        y: [...y, ...labels.map((_, row) => data[2 * row + 1]!)],
        label: [...label, ...labels],
      };
    },
    result: (points) => points,
  };
}

// ── The run ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface RunOptions {
  readonly epochs: number;
  /** Digits to train on and to test on; Infinity: all there are. */
  readonly digits: number;
  readonly testDigits: number;
  /** Weight of the centre loss; 0 trains with cross-entropy alone. */
  readonly weight: number;
  readonly output: string;
  readonly resume: boolean;
  /** Of the engine; null: as many as there are cores. */
  readonly threads: number | null;
}

export interface RunResult {
  readonly accuracy: number;
  readonly separation: number;
  /** uint8 [3, height, width]: the test digits on the plane; null when a signal ended the training. */
  readonly picture: NDArray<'uint8'> | null;
  readonly signal: NodeJS.Signals | null;
}

/** Pixels as float32 around 0; runs on every sample before it is batched, and is the place for augmentation. */
const normalize: Transform = ({ data, label }) => {
  const pixels = Float32Array.from(data!.data, (value) => (value / 255 - 0.1307) / 0.3081);
  return { data: { dtype: 'float32', shape: data!.shape, data: pixels }, label: label! };
};

/** @param mnist the folder of MNIST's four files. */
export async function run(mnist: string, options: RunOptions): Promise<RunResult> {
  const { epochs, weight, output, resume } = options;
  const trainArrays = await readMnist(mnist, { part: 'train', limit: options.digits });
  const testArrays = await readMnist(mnist, { part: 'test', limit: options.testDigits });
  const trainDigits = new ArrayDataset(trainArrays);
  const testDigits = new ArrayDataset(testArrays);
  const sampler = new RandomSampler(trainDigits, { seed: 1 });
  const train = new DataLoader({ dataset: trainDigits, batchSize: 64, sampler, dropLast: true, transform: normalize });
  const val = new DataLoader({ dataset: testDigits, batchSize: 100, transform: normalize });

  const backend = await createOnnxBackend(options.threads === null ? {} : { threads: options.threads });
  const steps = epochs * train.batches;
  const trainer = new Trainer({
    network: new EmbeddingNetwork(),
    backend,
    optimizers: { default: adam() },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy(), separation()],
    schedules: {
      'default.lr': oneCycleSchedule({ maximum: 5e-3, totalSteps: steps }),
      // A schedule is a function of the step's number: the classes find their places first, then the centre loss sets in.
      compactnessWeight: (step) => weight * Math.min(1, step / (steps / 2)),
    },
    savePath: output,
  });
  try {
    const checkpoint = join(output, 'last.safetensors');
    const { history, signal } = await trainer.fit(
      { train, val },
      { epochs, ...(resume ? { resume: checkpoint } : {}) },
    );
    const { val_accuracy = NaN, val_separation = NaN } = history.at(-1) ?? {};
    const result = { accuracy: val_accuracy, separation: val_separation, signal };
    if (signal !== null) return { ...result, picture: null };
    const { points } = await trainer.accumulate(val, { points: collectPoints() }, { label: 'Placing' });
    return { ...result, picture: drawClouds(points, testArrays.data) };
  } finally {
    await trainer.dispose();
    await backend.dispose();
  }
}
