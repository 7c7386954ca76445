import { createOnnxBackend } from '@delira/backend-onnx-training';
import { DataLoader, type Dataset } from '@delira/data-loading';
import { writeFileAtomic } from '@delira/io';
import { ConsoleHandler, CsvHandler, JsonlHandler, Logger, ProgressBar } from '@delira/logging';
import { accuracy, confusionMatrix, formatConfusionMatrix } from '@delira/metrics';
import { ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';
import { exportModel } from '@delira/onnx';
import { adam, oneCycleSchedule } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, type Options, parseOptions } from './options.js';
import { normalize, readMnist } from './readMnist.js';

const DIGITS = 10;
/** Digits of the short run, and the accuracy it must reach on unseen ones: a tenth would be guessing. */
const SMOKE = { train: 2048, test: 512, accuracy: 0.6 } as const;

function testLoader(dataset: Dataset): DataLoader {
  return new DataLoader({ dataset, batchSize: 100, transform: normalize });
}

async function run(options: Options): Promise<number> {
  const { epochs, batchSize, learningRate, seed, output, smoke } = options;
  mkdirSync(output, { recursive: true });
  const checkpoint = join(output, 'last.safetensors');
  if (options.resume && !existsSync(checkpoint))
    throw new Error(`There is nothing to resume: ${checkpoint} does not exist. Run without --resume first.`);

  const [train, test] = await Promise.all([
    readMnist('train', smoke ? SMOKE.train : Infinity),
    readMnist('test', smoke ? SMOKE.test : Infinity),
  ]);
  const loader = new DataLoader({
    dataset: train,
    batchSize,
    sampler: new RandomSampler(train, { seed }),
    dropLast: true,
    transform: normalize,
  });

  const backend = await createOnnxBackend({
    providers: options.providers,
    flavour: options.flavour,
    ...(options.threads === null ? {} : { threads: options.threads }),
  });
  const bar = new ProgressBar();
  const logger = new Logger({
    handlers: [
      new ConsoleHandler({ stream: bar, level: 'info' }),
      new CsvHandler({ path: join(output, 'epochs.csv') }),
      new JsonlHandler({ path: join(output, 'steps.jsonl'), period: 'step' }),
    ],
  });
  const { providers, threads, flavour, reason } = backend.info;
  logger.text(
    `ResNet18 on ${train.length.toLocaleString('en')} digits: ${providers.join(', ')}, ${threads} threads, ${flavour} graph (${reason}).`,
  );

  const network = new ResNet18({ inChannels: 1, numClasses: DIGITS });
  const trainer = new Trainer({
    network,
    backend,
    optimizers: { default: adam({ lr: learningRate }) },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
    schedules: { 'default.lr': oneCycleSchedule({ maximum: learningRate, totalSteps: epochs * loader.batches }) },
    seed,
    logger,
    progress: bar,
    savePath: output,
  });

  try {
    const result = await trainer.fit({ train: loader }, { epochs, ...(options.resume ? { resume: checkpoint } : {}) });
    if (result.signal !== null) {
      process.stderr.write(
        `Stopped after step ${result.step}; the state is saved in ${checkpoint}.\nGo on with: npm run demo -- --resume${smoke ? ' --smoke' : ''}\n`,
      );
      return result.signal === 'SIGINT' ? 130 : 143;
    }
    const { confusion } = await trainer.accumulate(testLoader(test), {
      confusion: confusionMatrix({ classes: DIGITS }),
    });

    const model = join(output, 'resnet18.onnx');
    const first = await testLoader(test).epoch(0)[Symbol.asyncIterator]().next();
    const { data } = network.prepareBatch(first.value!.sample);
    const bytes = exportModel({
      signature: { data: data! },
      trace: (signature) => trainer.system.tracePredict(signature),
      variables: await (await trainer.state()).read(),
    });
    await writeFileAtomic(model, bytes);

    process.stdout.write(`\n${formatConfusionMatrix(confusion)}\n\n`);
    process.stdout.write(`trained in ${(result.timings.total / 1000).toFixed(0)} s\n`);
    process.stdout.write(
      `checkpoint: ${relative(process.cwd(), checkpoint)}\nmodel: ${relative(process.cwd(), model)}\nmetrics: ${relative(process.cwd(), join(output, 'epochs.csv'))}\n`,
    );
    process.stdout.write(`test accuracy: ${(100 * confusion.accuracy).toFixed(2)} %\n`);
    if (smoke && confusion.accuracy < SMOKE.accuracy)
      throw new Error(`The short run reached ${confusion.accuracy}; at least ${SMOKE.accuracy} was expected.`);
    return 0;
  } finally {
    logger.close();
    await trainer.dispose();
    await backend.dispose();
  }
}

async function main(): Promise<number> {
  const here = dirname(fileURLToPath(import.meta.url));
  const options = parseOptions(process.argv.slice(2), resolve(here, '../output'));
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  return run(options);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
