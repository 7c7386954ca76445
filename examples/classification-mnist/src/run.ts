import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import { DataLoader } from '@delira/data-loading';
import { ConsoleHandler, CsvHandler, JsonlHandler, Logger, ProgressBar } from '@delira/logging';
import { accuracy, confusionMatrix, formatConfusionMatrix } from '@delira/metrics';
import { ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';
import { exportOnnx } from '@delira/onnx/node';
import { adam, oneCycleSchedule } from '@delira/optim';
import { checkResumable, shownPath, type Surroundings } from '@delira/program';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from './options.js';
import { normalize, PREPROCESSING, readMnist } from './readMnist.js';

const DIGITS = 10;

/** Trains, tests and exports; gives the exit code. */
export async function run(options: Options, { print, resumeCommand }: Surroundings): Promise<number> {
  const { epochs, batchSize, learningRate, seed, output, resume, requiredAccuracy } = options;
  const checkpoint = join(output, 'last.safetensors');
  const hasCheckpoint = existsSync(checkpoint);
  if (resume) checkResumable(checkpoint);

  const [digits, testDigits] = await Promise.all([
    readMnist('train', options.digits),
    readMnist('test', options.testDigits),
  ]);
  const train = new DataLoader({
    dataset: digits,
    batchSize,
    sampler: new RandomSampler(digits, { seed }),
    dropLast: true,
    transform: normalize,
  });
  const test = new DataLoader({ dataset: testDigits, batchSize: 100, transform: normalize });

  const bar = new ProgressBar();
  const logger = new Logger({
    handlers: [
      // The bar shows the numbers already.
      new ConsoleHandler({ stream: bar, level: 'info', filter: ({ kind }) => kind === 'text' }),
      new CsvHandler({ path: join(output, 'epochs.csv') }),
      new JsonlHandler({ path: join(output, 'steps.jsonl'), period: 'step' }),
    ],
  });
  logger.text(
    `Trains ResNet18 on ${count(digits)} handwritten digits (MNIST), tests it on ${count(testDigits)} others and exports it. Ctrl-C saves.`,
  );
  const backend = await createBackend(options);
  const { providers, threads, flavour, reason } = backend.info;
  logger.text(`Engine: ${providers.join(', ')} with ${threads} threads, ${flavour} graph (${reason}).`);

  const network = new ResNet18({ inChannels: 1, numClasses: DIGITS });
  const trainer = new Trainer({
    network,
    backend,
    optimizers: { default: adam({ lr: learningRate }) },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
    schedules: { 'default.lr': oneCycleSchedule({ maximum: learningRate, totalSteps: epochs * train.batches }) },
    seed,
    logger,
    progress: bar,
    savePath: output,
  });

  try {
    if (resume) {
      await trainer.restore(checkpoint);
      const { step, epoch } = trainer.position;
      logger.text(
        epoch >= epochs
          ? `The training is complete: ${epoch} of ${epochs} epochs are done. Testing again.`
          : `Going on after step ${step} of ${epochs * train.batches}.`,
      );
    } else if (hasCheckpoint) {
      logger.text(`${shownPath(checkpoint)} of an earlier run will be replaced; --resume would go on with it.`);
    }
    const result = await trainer.fit({ train }, { epochs });
    if (result.signal !== null) {
      logger.text(`Saved after step ${result.step} in ${shownPath(checkpoint)}. Go on with: ${resumeCommand}`);
      return result.signal === 'SIGINT' ? 130 : 143;
    }
    const accumulators = { confusion: confusionMatrix({ classes: DIGITS }) };
    const { confusion } = await trainer.accumulate(test, accumulators, { label: 'Test' });

    const { model } = await exportOnnx(network, await trainer.state(), join(output, 'resnet18.onnx'), {
      trace: (signature) => trainer.tracePredict(signature),
      shape: [1, 28, 28],
      classes: Array.from({ length: DIGITS }, (_, digit) => String(digit)),
      preprocessing: PREPROCESSING,
    });

    print(`\n${formatConfusionMatrix(confusion)}\n\n`);
    const { steps, total } = result.timings;
    if (steps > 0) print(`trained ${steps} steps in ${(total / 1000).toFixed(0)} s\n`);
    print(
      `checkpoint: ${shownPath(checkpoint)}\nmodel: ${shownPath(model)}\nmetrics: ${shownPath(join(output, 'epochs.csv'))}\n`,
    );
    print(`test accuracy: ${(100 * confusion.accuracy).toFixed(2)} %\n`);
    if (confusion.accuracy >= requiredAccuracy) return 0;
    throw new Error(`The run reached an accuracy of ${confusion.accuracy}; at least ${requiredAccuracy} was expected.`);
  } finally {
    logger.close();
    await trainer.dispose();
    await backend.dispose();
  }
}

function createBackend({ providers, flavour, threads }: Options): Promise<OnnxBackend> {
  return createOnnxBackend({ providers, flavour, ...(threads === null ? {} : { threads }) });
}

function count({ length }: { readonly length: number }): string {
  return length.toLocaleString('en-US');
}
