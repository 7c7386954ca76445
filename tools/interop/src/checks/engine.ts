import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import type { NDArray, Sample } from '@delira/core';
import { atMost, type Check, type CheckContext, type CheckRow, holds } from '../Check.js';
import { BatchDifferences, largestRelative, relativeL2 } from '../differences.js';
import { driftRow } from '../drift.js';
import type { Comparison, OptimizerPair } from '../models/Comparison.js';
import { eachGradients, initialWeights, type Trained, trainHere } from '../training/trainHere.js';
import { type PytorchResult, type PytorchRun, resultOf, trainInPytorch } from '../training/trainInPytorch.js';

const STEPS_PER_CALL = 4;
const LOSS_LIMIT = 1e-5;
/**
 * An input of ReLU within rounding of zero may fall on either side of it. That moves the gradients before it by about one over the root
 * of that layer's active units, up to 1e-2, in any float32 engine (PyTorch: 3.7e-3 on one of six batches), and on some batches only. So
 * this limit holds for each parameter's best batch.
 */
const GRADIENT_LIMIT = 1e-3;
const FLIPPED_LIMIT = 5e-2;
/**
 * One run's drift is a single draw of a wide distribution, PyTorch's included (0.03 to 0.13 of the loss here). Both sides therefore train
 * on as many series of batches, each from the same weights, and what they give together is compared.
 */
const SERIES = 6;

interface Engine {
  readonly flavour: 'portable' | 'tuned';
  readonly losses: readonly number[];
}

const sameBits = (left: ReadonlyMap<string, NDArray>, right: ReadonlyMap<string, NDArray>): boolean =>
  left.size === right.size &&
  [...left].every(([name, { data }]) => {
    const other = right.get(name)?.data;
    return (
      other !== undefined &&
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(
        Buffer.from(other.buffer, other.byteOffset, other.byteLength),
      )
    );
  });

const sameRun = (left: Trained, right: Trained): boolean =>
  left.losses.every((loss, step) => Object.is(loss, right.losses[step])) && sameBits(left.state, right.state);

/** What the run of one optimizer on one series of batches is called. */
const runName = (pair: OptimizerPair, dtype: PytorchRun['dtype'], series: number): string =>
  `${pair.name}-${dtype}-${series}`;

interface Compared {
  readonly comparison: Comparison;
  readonly batches: readonly Sample[];
  readonly predicted: Sample;
  readonly results: ReadonlyMap<string, PytorchResult>;
}

const trainingRows = async (
  backend: OnnxBackend,
  pair: OptimizerPair,
  { comparison, batches, predicted, results }: Compared,
): Promise<readonly CheckRow[]> => {
  const { steps } = comparison;
  const train = (series: number, stepsPerCall: number): Promise<Trained> =>
    trainHere(comparison, {
      backend,
      batches: batches.slice(series * steps, (series + 1) * steps),
      firstBatch: series * steps,
      optimizer: pair.create,
      predicted,
      stepsPerCall,
    });
  const first = await train(0, 1);
  const equalsSeveral = sameRun(first, await train(0, STEPS_PER_CALL));
  const ours = [first.losses];
  for (let series = 1; series < SERIES; series++) ours.push((await train(series, 1)).losses);
  const exact = ours.map((_, series) => resultOf(results, runName(pair, 'float64', series)).losses);
  const drifts = exact.map((losses, series) => relativeL2(ours[series] ?? [], losses));
  const theirs = exact.map((losses, series) =>
    relativeL2(resultOf(results, runName(pair, 'float32', series)).losses, losses),
  );
  const label = `${comparison.label} ${backend.info.flavour}, ${pair.name}`;
  return [
    driftRow(`${label}: fp32 drift of ${steps} steps' losses from float64, ${SERIES} series`, drifts, theirs),
    holds(`${label}: ${STEPS_PER_CALL} steps per call equal single steps bit for bit`, equalsSeveral, 'yes'),
  ];
};

/** PyTorch's side: every optimizer in both precisions, on every series. */
const inPytorch = async (comparison: Comparison, context: CheckContext): Promise<Compared> => {
  const { steps, optimizers, gradientBatches } = comparison;
  const batches = await comparison.batches(Math.max(steps * SERIES, gradientBatches));
  const predicted = comparison.predicted(batches[0] ?? {});
  const series = Array.from({ length: steps === 0 ? 1 : SERIES }, (_, index) => index);
  const dtypes = ['float64', 'float32'] as const;
  const runs = optimizers.flatMap((pair) =>
    dtypes.flatMap((dtype) =>
      series.map((index) => ({
        name: runName(pair, dtype, index),
        optimizer: pair.pytorch,
        dtype,
        steps,
        firstBatch: index * steps,
        gradientBatches: pair === optimizers[0] && index === 0 ? gradientBatches : 0,
        after: false,
      })),
    ),
  );
  const { folder, threads } = context;
  const weights = initialWeights(comparison);
  const python = await context.python();
  const results = await trainInPytorch(comparison, { python, folder, threads, weights, batches, predicted, runs });
  return { comparison, batches, predicted, results };
};

const runFlavours = async (comparison: Comparison, context: CheckContext): Promise<readonly CheckRow[]> => {
  const { optimizers, gradientBatches } = comparison;
  const { report, threads } = context;
  report(`${comparison.label}, PyTorch`);
  const compared = await inPytorch(comparison, context);
  const exact = resultOf(compared.results, runName(optimizers[0], 'float64', 0));
  const single = resultOf(compared.results, runName(optimizers[0], 'float32', 0));
  // One batch at a time: the gradients of a large network on all of them do not fit into memory.
  const byBatch = new BatchDifferences();
  for (let batch = 0; batch < gradientBatches; batch++)
    byBatch.add(await single.gradients(batch), await exact.gradients(batch));
  const theirs = byBatch.worst();
  const rows: CheckRow[] = [];
  const engines: Engine[] = [];
  for (const flavour of ['portable', 'tuned'] as const) {
    const label = `${comparison.label} ${flavour}`;
    report(label);
    // The tuned flavour is what people get unless it is wrong on this machine; asking for it by name would throw then.
    const backend = await createOnnxBackend({ flavour: flavour === 'tuned' ? 'auto' : flavour, threads });
    if (backend.info.flavour !== flavour) {
      rows.push({ subject: label, measured: backend.info.reason, expected: '', state: 'skipped' });
      await backend.dispose();
      continue;
    }
    const losses: number[] = [];
    const differences = new BatchDifferences();
    let batch = 0;
    for await (const here of eachGradients(comparison, backend, compared.batches.slice(0, gradientBatches))) {
      losses.push(...here.losses);
      differences.add(here.gradients, await exact.gradients(batch++));
    }
    const gradients = differences.worst();
    engines.push({ flavour, losses });
    rows.push(
      atMost(`${label}: losses at the initial weights`, largestRelative(losses, exact.initialLosses), LOSS_LIMIT),
      atMost(
        `${label}: gradients, worst ${gradients.name} (PyTorch fp32: ${theirs.best.toExponential(1)})`,
        gradients.best,
        GRADIENT_LIMIT,
      ),
      atMost(
        `${label}: gradients, worst of ${gradientBatches} batches (PyTorch fp32: ${theirs.largest.toExponential(1)})`,
        gradients.largest,
        FLIPPED_LIMIT,
      ),
    );
    if (comparison.steps > 0) {
      for (const pair of optimizers) rows.push(...(await trainingRows(backend, pair, compared)));
    }
    await backend.dispose();
  }
  const [portable, tuned] = engines;
  if (portable !== undefined && tuned !== undefined) {
    rows.push(
      atMost(
        `${comparison.label} tuned against portable: losses at the initial weights`,
        largestRelative(tuned.losses, portable.losses),
        LOSS_LIMIT,
      ),
    );
  }
  return rows;
};

/** The engine that people train with against PyTorch. */
export const engine: Check = {
  name: 'engine',
  description: 'steps of every network on digits in onnxruntime-node, both flavours, against PyTorch float64',
  async run(context) {
    const rows: CheckRow[] = [];
    for (const model of context.models) {
      for (const comparison of model.engine) rows.push(...(await runFlavours(comparison, context)));
    }
    return rows;
  },
};
