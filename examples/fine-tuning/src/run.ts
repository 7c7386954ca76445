import { createOnnxBackend } from '@delira/backend-onnx-training';
import { type Backend, namedVariables, type NDArray } from '@delira/core';
import { DataLoader, type Dataset } from '@delira/data-loading';
import { loadWeights, writeFileAtomic, writeSafetensors } from '@delira/io';
import { accuracy } from '@delira/metrics';
import { ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss, freeze, matchWeights } from '@delira/nn';
import { adam, oneCycleSchedule } from '@delira/optim';
import { checkResumable, shownPath, type Surroundings } from '@delira/program';
import { RandomSampler } from '@delira/samplers';
import { type FitResult, Trainer } from '@delira/training';
import { join } from 'node:path';
import { ofClasses, prepare, readDigits } from './digits.js';
import { drawCurves } from './drawCurves.js';
import type { Options } from './options.js';

/** What the network learns first, and what it is adapted to. */
const KNOWN = [0, 1, 2, 3, 4, 5] as const;
const NEW = [6, 7, 8, 9] as const;

/** The stem and the first two stages see strokes and corners, which all digits are made of. */
export const isEarly = (name: string): boolean => /^(conv1|bn1|layer1|layer2)\./.test(name);

/** Pre-trains, adapts, compares; gives the exit code. */
export async function run(options: Options, { print }: Surroundings): Promise<number> {
  const { output, perClass, epochs } = options;
  const digits = await readDigits('train', options.digits);
  const testDigits = await readDigits('test', options.testDigits);
  const backend = await createOnnxBackend(options.threads === null ? {} : { threads: options.threads });
  try {
    const weights = options.weights ?? join(output, 'pretrained.safetensors');
    if (options.weights === null) {
      print(`Pre-trains ResNet18 on the digits ${KNOWN.join(', ')}.\n`);
      const data = { train: ofClasses(digits, KNOWN), test: ofClasses(testDigits, KNOWN) };
      const signal = await pretrain(backend, data, weights, options);
      if (signal !== null) {
        print('Interrupted, and the pre-training saved. The same options with --resume go on with it.\n');
        return exitCodeOf(signal);
      }
    }
    const data = { train: ofClasses(digits, NEW, perClass), test: ofClasses(testDigits, NEW) };
    print(
      `\nLearns the digits ${NEW.join(', ')} from ${perClass} images of each, tested on ${data.test.length} others.\n`,
    );

    const scratch = await adapt(backend, data, null, options);
    if (scratch.signal !== null) return exitCodeOf(scratch.signal);
    const { entries, mismatched } = matchWeights(network(NEW), await loadWeights(weights), { partial: true });
    const anew = mismatched.map(({ name }) => name).join(', ') || 'nothing';
    print(`\nTakes ${entries.size} weights of ${shownPath(weights)}. Of another shape, so begun anew: ${anew}.\n`);
    const tuned = await adapt(backend, data, entries, options);
    if (tuned.signal !== null) return exitCodeOf(tuned.signal);

    const curves = { 'from scratch': curveOf(scratch), 'fine-tuned': curveOf(tuned) };
    const picture = join(output, 'accuracy.png');
    await drawCurves(picture, curves);
    print(`\nweights: ${shownPath(weights)}\npicture: ${shownPath(picture)}\n\n`);
    print(`accuracy on digits ${NEW.join(', ')} after ${epochs} epochs of ${data.train.length} images\n`);
    const last = Object.entries(curves).map(([name, curve]) => [name, curve.at(-1)!] as const);
    for (const [name, value] of last) print(`${name}: ${(100 * value).toFixed(2)} %\n`);
    const [[, before], [, after]] = last as [(typeof last)[0], (typeof last)[0]];
    if (after < before + options.requiredGain)
      throw new Error(
        `Fine-tuning reached ${after} and training from scratch ${before}; a gain of ${options.requiredGain} was expected.`,
      );
    return 0;
  } finally {
    await backend.dispose();
  }
}

interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

const network = (classes: readonly number[]): ResNet18 => new ResNet18({ inChannels: 1, numClasses: classes.length });

/** Saves the weights alone, as any safetensors reader reads them; gives the signal that ended it early, or null. */
async function pretrain(
  backend: Backend,
  data: Data,
  path: string,
  { batchSize, resume, output }: Options,
): Promise<NodeJS.Signals | null> {
  const loaders = loadersOf(data, KNOWN, batchSize);
  const savePath = join(output, 'pretraining');
  const model = network(KNOWN);
  const trainer = new Trainer({
    network: model,
    backend,
    optimizers: { default: adam() },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
    schedules: { 'default.lr': oneCycleSchedule({ maximum: 2e-3, totalSteps: loaders.train.batches }) },
    savePath,
  });
  try {
    const checkpoint = join(savePath, 'last.safetensors');
    if (resume) checkResumable(checkpoint);
    const { signal } = await trainer.fit(loaders, { epochs: 1, ...(resume ? { resume: checkpoint } : {}) });
    if (signal !== null) return signal;
    const tensors = await (await trainer.state()).read([...namedVariables(model).keys()]);
    await writeFileAtomic(path, writeSafetensors(tensors));
    return null;
  } finally {
    await trainer.dispose();
  }
}

/** Trains on the new classes: from `weights` with the early layers frozen, or from random ones. */
async function adapt(
  backend: Backend,
  data: Data,
  weights: ReadonlyMap<string, NDArray> | null,
  { epochs, perClass }: Options,
): Promise<FitResult> {
  const model = network(NEW);
  // Before the trainer is built: its optimizer then never sees the frozen parameters.
  if (weights !== null) freeze(model, isEarly);
  const trainer = new Trainer({
    network: model,
    backend,
    optimizers: { default: adam({ lr: 1e-3 }) },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
  });
  try {
    if (weights !== null) await (await trainer.state()).write(weights);
    const loaders = loadersOf(data, NEW, Math.min(10, NEW.length * perClass));
    return await trainer.fit(loaders, { epochs });
  } finally {
    await trainer.dispose();
  }
}

function loadersOf({ train, test }: Data, classes: readonly number[], batchSize: number) {
  const transform = prepare(classes);
  return {
    train: new DataLoader({
      dataset: train,
      batchSize,
      sampler: new RandomSampler(train, { seed: 1 }),
      dropLast: true,
      transform,
    }),
    val: new DataLoader({ dataset: test, batchSize: 100, transform }),
  };
}

const curveOf = ({ history }: FitResult): readonly number[] => history.map((values) => values['val_accuracy']!);

const exitCodeOf = (signal: NodeJS.Signals): number => (signal === 'SIGINT' ? 130 : 143);
