import { createOnnxBackend } from '@delira/backend-onnx-training';
import { type NDArray, sliceRows, stackArrays } from '@delira/core';
import { ArrayDataset, DataLoader } from '@delira/data-loading';
import { adam } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { formatTable } from '../formatTable.js';
import { choice, type Measurement, positiveInteger, shapeOption } from '../Measurement.js';
import { modelNamed, models, shapeWithLimit } from '../models/index.js';
import { optimizersFor } from '../models/optimizersFor.js';
import { rounded } from '../statistics.js';

/** The most of a step that the trainer may take for itself. */
const LIMIT = 0.02;

/** The trainer's own time: everything but the engine, waiting for batches, compiling, validating and saving. */
export const hostOverhead: Measurement = {
  name: 'host-overhead',
  description: 'measures which part of a training step the trainer takes for itself',
  options: {
    model: { type: 'string', default: 'resnet18' },
    shape: { type: 'string' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '60' },
    flavour: { type: 'string', default: 'auto' },
  },
  help: [
    `--model NAME     ${Object.keys(models).join(', ')} (default resnet18)`,
    '--shape N,C,H,W  batch, channels and extent (default: the model’s own)',
    '--threads N      threads of the engine (default 2)',
    '--steps N        training steps (default 60)',
    '--flavour NAME   auto, portable or tuned (default auto)',
  ],
  async run(values) {
    const name = String(values['model']);
    const model = modelNamed(name);
    const { shape } = shapeWithLimit(model, 'train', values['shape'] === undefined ? undefined : shapeOption(values));
    const steps = positiveInteger(values, 'steps');
    const batchSize = shape[0] ?? 1;
    const batches = Array.from({ length: 4 }, (_, seed) => model.batch(shape, seed, 'train'));
    const rowsOf = (entry: string): NDArray =>
      stackArrays(
        batches.flatMap((batch) => {
          const array = batch[entry];
          return array === undefined
            ? []
            : Array.from({ length: batchSize }, (_, row) => {
                const one = sliceRows(array, row, row + 1);
                return { ...one, shape: one.shape.slice(1) };
              });
        }),
      );
    const dataset = new ArrayDataset(
      Object.fromEntries(Object.keys(batches[0] ?? {}).map((entry) => [entry, rowsOf(entry)])),
    );
    const sampler = new RandomSampler(dataset, { replacement: true, numSamples: steps * batchSize });

    const backend = await createOnnxBackend({
      threads: positiveInteger(values, 'threads'),
      flavour: choice(values, 'flavour', ['auto', 'portable', 'tuned']),
    });
    const network = model.create(shape);
    const trainer = new Trainer({
      network,
      backend,
      optimizers: optimizersFor(network, adam),
      losses: model.losses,
      progress: false,
    });
    const loader = new DataLoader({ dataset, batchSize, sampler, dropLast: true });
    const { timings } = await trainer.fit({ train: loader }, { epochs: 1 });
    await trainer.dispose();
    await backend.dispose();

    const share = timings.host / (timings.run + timings.data + timings.host);
    const perStep = (milliseconds: number): string => (milliseconds / timings.steps).toFixed(2);
    console.log(
      formatTable([
        [`${name} [${shape.join(', ')}], ${timings.steps} steps`, 'ms per step'],
        ['engine', perStep(timings.run)],
        ['waiting for batches', perStep(timings.data)],
        ['the trainer itself', perStep(timings.host)],
        ['its share', `${(share * 100).toFixed(2)} %`],
        ['at most', `${LIMIT * 100} %`],
      ]),
    );
    return {
      model: name,
      shape,
      steps: timings.steps,
      runMs: rounded(timings.run / timings.steps),
      dataMs: rounded(timings.data / timings.steps),
      hostMs: rounded(timings.host / timings.steps),
      share: rounded(share, 5),
      limit: LIMIT,
      passed: share <= LIMIT,
    };
  },
};
