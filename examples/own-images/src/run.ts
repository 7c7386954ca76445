import { createOnnxBackend } from '@delira/backend-onnx-training';
import type { NDArray } from '@delira/core';
import { DataLoader, type Subset, type Transform, trainTestSplit } from '@delira/data-loading';
import { saveImage } from '@delira/io';
import { ConsoleHandler, CsvHandler, Logger, ProgressBar } from '@delira/logging';
import { accuracy, confusionMatrix, formatConfusionMatrix } from '@delira/metrics';
import { ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';
import { exportOnnx } from '@delira/onnx/node';
import { adam, oneCycleSchedule } from '@delira/optim';
import { networkModel, type PredictionModel, Predictor, toLabels } from '@delira/prediction';
import { checkResumable, shownPath, type Surroundings } from '@delira/program';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drawSheet, type Judged } from './drawSheet.js';
import { indexClasses } from './indexClasses.js';
import { loadPictures, modeOf } from './loadPictures.js';
import type { Options } from './options.js';
import { writeDigits } from './writeDigits.js';

/** Images of each class on the sheet, and classes. */
const SHEET = { columns: 10, rows: 12 } as const;

/** Trains, tests and exports; gives the exit code. */
export async function run(options: Options, { print, resumeCommand }: Surroundings): Promise<number> {
  const { epochs, size, batchSize, learningRate, seed, output, resume } = options;
  const checkpoint = join(output, 'last.safetensors');
  if (resume) checkResumable(checkpoint);

  const bar = new ProgressBar();
  const logger = new Logger({
    handlers: [
      // The bar shows the numbers already.
      new ConsoleHandler({ stream: bar, level: 'info', filter: ({ kind }) => kind === 'text' }),
      new CsvHandler({ path: join(output, 'epochs.csv') }),
    ],
  });
  const folder = options.folder ?? join(output, 'digits');
  if (options.folder === null && !existsSync(folder)) {
    logger.text(`No folder is given: writes handwritten digits into ${shownPath(folder)}.`);
    await writeDigits(folder, options.perClass);
  }
  // With fewer images, one part of the split could lack a class.
  const fewest = Math.ceil(1 / Math.min(options.valSize, 1 - options.valSize));
  const indexed = await indexClasses(folder, fewest);
  const { classes } = indexed;
  const mode = options.mode ?? (await modeOf(indexed));
  const pictures = await loadPictures(indexed, { size, mode, progress: bar });
  const parts = trainTestSplit(pictures, { testSize: options.valSize, stratify: true, seed });
  const sampler = new RandomSampler(parts.train, { seed });
  const train = new DataLoader({
    dataset: parts.train,
    batchSize: Math.min(batchSize, parts.train.length),
    sampler,
    dropLast: true,
    transform: prepare,
  });
  const val = new DataLoader({ dataset: parts.test, batchSize: Math.min(50, parts.test.length), transform: prepare });
  logger.text(
    `Learns ${classes.length} classes from ${parts.train.length} images, tests on ${parts.test.length}: ${size} × ${size} pixels, ${mode}. Ctrl-C saves.`,
  );

  const backend = await createOnnxBackend(options.threads === null ? {} : { threads: options.threads });
  const channels = mode === 'grey' ? 1 : 3;
  const network = new ResNet18({ inChannels: channels, numClasses: classes.length });
  const trainer = new Trainer({
    network,
    backend,
    optimizers: { default: adam() },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
    schedules: { 'default.lr': oneCycleSchedule({ maximum: learningRate, totalSteps: epochs * train.batches }) },
    seed,
    logger,
    progress: bar,
    savePath: output,
  });
  try {
    const { signal, timings } = await trainer.fit(
      { train, val },
      { epochs, ...(resume ? { resume: checkpoint } : {}) },
    );
    if (signal !== null) {
      logger.text(`Saved in ${shownPath(checkpoint)}. Go on with: ${resumeCommand}`);
      return signal === 'SIGINT' ? 130 : 143;
    }
    const { confusion } = await trainer.accumulate(val, { confusion: confusionMatrix({ classes }) }, { label: 'Test' });

    const state = await trainer.state();
    const sheet = join(output, 'sheet.png');
    await saveImage(sheet, drawSheet(await judge(networkModel({ backend, network, state }), parts.test)));

    const { model, description } = await exportOnnx(network, state, join(output, 'model.onnx'), {
      trace: (signature) => trainer.tracePredict(signature),
      shape: [channels, size, size],
      classes,
      preprocessing: PREPROCESSING,
    });

    print(`\n${formatConfusionMatrix(confusion)}\n\n`);
    if (timings.steps > 0) print(`trained ${timings.steps} steps in ${(timings.total / 1000).toFixed(0)} s\n`);
    print(`checkpoint: ${shownPath(checkpoint)}\nmodel: ${shownPath(model)}, described in ${shownPath(description)}\n`);
    print(`picture: ${shownPath(sheet)}\naccuracy: ${(100 * confusion.accuracy).toFixed(2)} %\n`);
    if (confusion.accuracy >= options.requiredAccuracy) return 0;
    throw new Error(
      `The run reached an accuracy of ${confusion.accuracy}; at least ${options.requiredAccuracy} was expected.`,
    );
  } finally {
    logger.close();
    await trainer.dispose();
    await backend.dispose();
  }
}

const MEAN = 0.5;
const DEVIATION = 0.25;

/** From grey values or colours of 0 to 255, for those who use the exported model. */
const PREPROCESSING = [{ type: 'normalize', mean: [255 * MEAN], deviation: [255 * DEVIATION] }] as const;

/** Pixels around 0. */
function normalized({ shape, data }: NDArray): NDArray {
  return { dtype: 'float32', shape, data: Float32Array.from(data, (value) => (value - MEAN) / DEVIATION) };
}

/** The place for augmentation: a transform also gets a stream of random numbers of its own for each sample and epoch. */
const prepare: Transform = ({ data, label }) => ({ data: normalized(data!), label: label! });

/** The first test images of each class, and whether the network knows them. */
async function judge(model: PredictionModel, images: Subset): Promise<readonly (readonly Judged[])[]> {
  const predictor = new Predictor({ models: [model], batchSize: SHEET.columns });
  const targets = Array.from(images.targets!);
  const rows: Judged[][] = [];
  for (const label of [...new Set(targets)].sort((a, b) => a - b).slice(0, SHEET.rows)) {
    const indices = targets.flatMap((target, index) => (target === label ? [index] : [])).slice(0, SHEET.columns);
    const pictures = await Promise.all(indices.map(async (index) => (await images.get(index))['data']!));
    const row: Judged[] = [];
    for await (const { item, scores } of predictor.stream(pictures, normalized))
      row.push({ data: item, isRight: toLabels(scores).data[0] === label });
    rows.push(row);
  }
  await predictor.dispose();
  return rows;
}
