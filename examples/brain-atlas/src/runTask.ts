import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import { type NDArray, TrainableSystem } from '@delira/core';
import { ArrayDataset, DataLoader } from '@delira/data-loading';
import { volume } from '@delira/imaging';
import { saveNifti, writeFileAtomic } from '@delira/io';
import { ConsoleHandler, CsvHandler, JsonlHandler, Logger, ProgressBar } from '@delira/logging';
import { dice, type OverlapScores, overlapScores } from '@delira/metrics';
import { diceCrossEntropyLoss } from '@delira/nn';
import { adam, oneCycleSchedule } from '@delira/optim';
import { networkModel } from '@delira/prediction';
import { checkResumable, shownPath, type Surroundings } from '@delira/program';
import { WeightedRandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { boxOf } from './blocks.js';
import { CLASS_NAMES } from './classes.js';
import { crossValidate } from './crossValidate.js';
import { exportRun } from './exportRun.js';
import { formatScores } from './formatScores.js';
import { imageWeights } from './imageWeights.js';
import type { ExampleOptions } from './options.js';
import { overlay } from './overlay.js';
import { randomPatch } from './randomPatch.js';
import type { Brain } from './readBrain.js';
import { savePng } from './savePng.js';
import type { SegmentationTask } from './SegmentationTask.js';

/** Trains on one hemisphere, predicts the whole volume and judges the other hemisphere; gives the exit code. */
export async function runTask(
  task: SegmentationTask,
  options: ExampleOptions,
  { print, resumeCommand }: Surroundings,
): Promise<number> {
  const { network, brain } = task;
  if (options.kfold !== null) return runFolds(task, { ...options, kfold: options.kfold }, { print, resumeCommand });
  const { epochs, steps, batchSize, learningRate, seed, output, resume, exportData, requiredDice } = options;
  const checkpoint = join(output, 'last.safetensors');
  const hasCheckpoint = existsSync(checkpoint);
  if (resume) checkResumable(checkpoint);

  const images = new ArrayDataset(task.train);
  const train = new DataLoader({
    dataset: images,
    batchSize,
    // Images come again and again; which part of them is seen differs each time.
    sampler: new WeightedRandomSampler(images, {
      weights: imageWeights(task.train['label']!),
      seed,
      numSamples: steps * batchSize,
    }),
    transform: randomPatch(task.patch),
    seed,
  });
  const val = new DataLoader({ dataset: task.validation, batchSize: task.validationBatch });
  const schedule = oneCycleSchedule({ maximum: learningRate, totalSteps: epochs * steps });

  const bar = new ProgressBar();
  const logger = new Logger({
    handlers: [
      // The bar shows the numbers already.
      new ConsoleHandler({ stream: bar, level: 'info', filter: ({ kind }) => kind === 'text' }),
      new CsvHandler({ path: join(output, 'epochs.csv') }),
      new JsonlHandler({ path: join(output, 'steps.jsonl'), period: 'step' }),
    ],
  });
  logger.text(`${task.title} Ctrl-C saves.`);
  const backend = await createBackend(options);
  const { providers, threads, flavour, reason } = backend.info;
  logger.text(`Engine: ${providers.join(', ')} with ${threads} threads, ${flavour} graph (${reason}).`);

  const trainer = new Trainer({
    network,
    backend,
    optimizers: { default: adam({ lr: learningRate }) },
    losses: { diceCrossEntropy: diceCrossEntropyLoss({ dice: { background: false, batch: true } }) },
    metrics: [dice({ classes: CLASS_NAMES })],
    schedules: { 'default.lr': schedule },
    seed,
    logger,
    progress: bar,
    savePath: output,
  });

  try {
    if (exportData !== null) {
      const { patch, test } = task;
      await exportRun(exportData, {
        variables: new TrainableSystem(network).initialState(seed),
        train: task.train,
        test,
        loader: train,
        epochs,
        schedule,
        config: { network: network.config, ...patch, epochs, steps, batchSize, seed, classes: CLASS_NAMES },
      });
      print(`data, patches and first weights: ${shownPath(exportData)}\n`);
      return 0;
    }
    if (resume) {
      await trainer.restore(checkpoint);
      const { step, epoch } = trainer.position;
      logger.text(
        epoch >= epochs
          ? `The training is complete: ${epoch} of ${epochs} epochs are done. Testing again.`
          : `Going on after step ${step} of ${epochs * steps}.`,
      );
    } else if (hasCheckpoint) {
      logger.text(`${shownPath(checkpoint)} of an earlier run will be replaced; --resume would go on with it.`);
    }
    const result = await trainer.fit({ train, val }, { epochs });
    if (result.signal !== null) {
      logger.text(`Saved after step ${result.step} in ${shownPath(checkpoint)}. Go on with: ${resumeCommand}`);
      return result.signal === 'SIGINT' ? 130 : 143;
    }

    const trace = trainer.tracePredict.bind(trainer);
    const model = networkModel({ backend, network, state: await trainer.state(), trace });
    const prediction = await task.predict(model, bar);
    await model.dispose!();

    const files = {
      prediction: join(output, 'prediction.nii.gz'),
      picture: join(output, 'overlay.png'),
      scores: join(output, 'scores.json'),
    };
    const scores = testScores(brain, prediction.volume);
    const asSeen = overlap(prediction.test, task.test['label']!);
    await saveNifti(files.prediction, volume(prediction.volume, brain.image), { type: 'uint8' });
    const [grey, truth, predicted] = [brain.image.array, brain.labels.array, prediction.volume].map((array) =>
      task.picture(array),
    );
    await savePng(
      files.picture,
      overlay(grey!.map((image, row) => ({ image, truth: truth![row]!, prediction: predicted![row]! }))),
    );
    await writeFileAtomic(files.scores, `${JSON.stringify({ ...scores, asSeen }, null, 2)}\n`);

    print(`\nDice on the hemisphere that no training saw:\n\n${formatScores(scores)}\n\n`);
    const { timings } = result;
    if (timings.steps > 0) print(`trained ${timings.steps} steps in ${(timings.total / 1000).toFixed(0)} s\n`);
    for (const [name, path] of Object.entries({ checkpoint, ...files })) print(`${name}: ${shownPath(path)}\n`);
    print(`mean Dice: ${scores.meanDice.toFixed(3)}\n`);
    if (scores.meanDice >= requiredDice) return 0;
    throw new Error(`The run reached a mean Dice of ${scores.meanDice}; at least ${requiredDice} was expected.`);
  } finally {
    logger.close();
    await trainer.dispose();
    await backend.dispose();
  }
}

/** Cross-validates on the training hemisphere; gives the exit code. */
async function runFolds(
  task: SegmentationTask,
  options: ExampleOptions & { readonly kfold: number },
  { print, resumeCommand }: Surroundings,
): Promise<number> {
  const bar = new ProgressBar();
  const logger = new Logger({
    handlers: [new ConsoleHandler({ stream: bar, level: 'info', filter: ({ kind }) => kind === 'text' })],
  });
  const backend = await createBackend(options);
  try {
    const { finished, signal, stopped, table, folder } = await crossValidate(task, options, { backend, logger, bar });
    if (!finished) {
      logger.text(`Saved; ${stopped ?? 'interrupted'}. Go on with: ${resumeCommand}`);
      return signal === 'SIGTERM' ? 143 : 130;
    }
    print(`\n${table}\n\nfolds, results: ${shownPath(folder)}\n`);
    return 0;
  } finally {
    logger.close();
    await backend.dispose();
  }
}

/** Dice and IoU in the test hemisphere, in the planes that the atlas covers. */
function testScores({ labels, covered, hemispheres }: Brain, prediction: NDArray): OverlapScores {
  const part = (array: NDArray): NDArray => {
    const { data, dtype, shape } = boxOf(array, [covered, [0, array.shape[1]!], hemispheres.test]);
    return { data, dtype, shape: [1, ...shape] };
  };
  return overlap(part(prediction), part(labels.array));
}

function overlap(pred: NDArray, label: NDArray): OverlapScores {
  const metric = overlapScores({ classes: CLASS_NAMES });
  return metric.result(metric.update(metric.init(), { pred }, { label }));
}

function createBackend({ providers, flavour, threads }: ExampleOptions): Promise<OnnxBackend> {
  return createOnnxBackend({ providers, flavour, ...(threads === null ? {} : { threads }) });
}
