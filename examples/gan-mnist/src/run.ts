import { createOnnxBackend } from '@delira/backend-onnx-training';
import type { NDArray } from '@delira/core';
import { DataLoader, type Dataset, Subset } from '@delira/data-loading';
import { ConsoleHandler, CsvHandler, Logger, ProgressBar } from '@delira/logging';
import { DCGAN } from '@delira/models-gan';
import { bceWithLogits, namedLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { checkResumable, shownPath, type Surroundings } from '@delira/program';
import { RandomSampler } from '@delira/samplers';
import { type RunView, Trainer } from '@delira/training';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDigits, scaleImage } from './digits.js';
import type { Options } from './options.js';
import type { Score } from './scoreOf.js';
import { Studio } from './Studio.js';
import { trainJudge } from './trainJudge.js';

/** Digits that the judge learns from, and batches of 64 images that it judges. */
const JUDGE_DIGITS = 6000;
const JUDGED_BATCHES = 8;

/** Trains and judges; gives the exit code. */
export async function run(options: Options, { print, resumeCommand }: Surroundings): Promise<number> {
  const { epochs, batchSize, features, learningRate, seed, output, resume } = options;
  const checkpoint = join(output, 'last.safetensors');
  if (resume) checkResumable(checkpoint);

  const bar = new ProgressBar();
  const digits = await readDigits(options.digits, bar);
  const sampler = new RandomSampler(digits, { seed });
  const train = new DataLoader({ dataset: digits, batchSize, sampler, dropLast: true, transform: scaleImage });
  const logger = new Logger({
    handlers: [
      new ConsoleHandler({ stream: bar, level: 'info', filter: ({ kind }) => kind === 'text' }),
      new CsvHandler({ path: join(output, 'epochs.csv') }),
    ],
  });
  const backend = await createOnnxBackend(options.threads === null ? {} : { threads: options.threads });
  // Much narrower than the paper's, the network needs other numbers than the paper's: wider distributions to begin with, a discriminator
  // that learns more slowly than the generator, and real images that count as 90 % real. Otherwise the discriminator is soon never wrong,
  // and the generator learns nothing from it.
  const network = new DCGAN({ inChannels: 1, features, initialization: 'default' });
  const optimizers = {
    gen: adam({ lr: learningRate, beta1: 0.5 }),
    disc: adam({ lr: learningRate / 4, beta1: 0.5 }),
  };
  const smoothed = namedLoss('smoothed', {}, (judged, wanted) => bceWithLogits(judged, wanted.mul(0.9)));
  let studio: Studio | null = null;
  const pictureOf = (epoch: number): string => join(output, `digits-${String(epoch).padStart(3, '0')}.png`);
  const trainer = new Trainer({
    network,
    backend,
    optimizers,
    losses: { bce: smoothed },
    callbacks: [
      {
        onEpochEnd: async ({ epoch }: RunView): Promise<void> => {
          await studio!.draw(pictureOf(epoch + 1));
          logger.text(`After epoch ${epoch + 1}: ${formatScore(await studio!.scoreGenerated())}`);
        },
      },
    ],
    seed,
    logger,
    progress: bar,
    savePath: output,
  });

  try {
    const judge = join(output, 'judge.safetensors');
    if (!existsSync(judge)) {
      logger.text('Trains the judge: a small classifier of digits.');
      const first = Array.from({ length: Math.min(JUDGE_DIGITS, digits.length) }, (_, index) => index);
      const signal = await trainJudge(backend, new Subset(digits, first), judge);
      if (signal !== null) return exitCodeOf(signal);
    }
    studio = await Studio.open(backend, network, await trainer.state(), judge, JUDGED_BATCHES);
    if (resume) await trainer.restore(checkpoint);
    if (!resume) {
      await studio.draw(pictureOf(0));
      logger.text(`Before: ${formatScore(await studio.scoreGenerated())}`);
    }
    logger.text(`Trains DCGAN on ${digits.length.toLocaleString('en-US')} digits. Ctrl-C saves.`);
    const { signal, timings } = await trainer.fit({ train }, { epochs });
    if (signal !== null) {
      logger.text(`Saved in ${shownPath(checkpoint)}. Go on with: ${resumeCommand}`);
      return exitCodeOf(signal);
    }
    const after = await studio.scoreGenerated();
    const real = await studio.scoreGiven(await firstImages(digits, 512));
    const brightness = await studio.brightness();

    print(`\ntrained ${timings.steps} steps in ${(timings.total / 1000).toFixed(0)} s\n`);
    print(`checkpoint: ${shownPath(checkpoint)}\npicture: ${shownPath(pictureOf(epochs))}\n\n`);
    print(`real digits: ${formatScore(real)}\ngenerated:   ${formatScore(after)}\n`);
    if (brightness <= options.highestBrightness) return 0;
    throw new Error(
      `The generated images have a mean of ${brightness}; at most ${options.highestBrightness} was expected.`,
    );
  } finally {
    logger.close();
    await studio?.dispose();
    await trainer.dispose();
    await backend.dispose();
  }
}

/** The first digits as the generator's images are, [N, 1, 64, 64]. */
async function firstImages(dataset: Dataset, batchSize: number): Promise<NDArray> {
  const loader = new DataLoader({ dataset, batchSize: Math.min(batchSize, dataset.length), transform: scaleImage });
  for await (const { sample } of loader.epoch(0)) return sample['data']!;
  throw new Error('There are no digits.');
}

function formatScore({ confidence, balance }: Score): string {
  return `the judge is ${(100 * confidence).toFixed(1)} % sure, balance of the digits ${balance.toFixed(3)}`;
}

const exitCodeOf = (signal: NodeJS.Signals): number => (signal === 'SIGINT' ? 130 : 143);
