import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import type { NDArray, Sample } from '@delira/core';
import { atMost, type Check, type CheckContext, type CheckRow, holds } from '../Check.js';
import { largestRelative, overBatches, relativeL2, rootMeanSquare } from '../differences.js';
import { mnistBatches } from '../resnet18/mnistBatches.js';
import { type OptimizerPair, optimizerPairs } from '../resnet18/optimizers.js';
import { gradientsHere, initialWeights, type Trained, trainHere } from '../resnet18/trainHere.js';
import { type PytorchResult, type PytorchRun, trainInPytorch } from '../resnet18/trainInPytorch.js';

const SEED = 1;
const STEPS = 20;
const STEPS_PER_CALL = 4;
const LOSS_LIMIT = 1e-5;
const GRADIENT_LIMIT = 1e-3;
/**
 * An input of ReLU within rounding of zero may fall on either side of it. That moves the gradients before it by about one over the root
 * of that layer's active units, up to 1e-2, in any float32 engine (PyTorch: 3.7e-3 on one of six batches), and on some batches only.
 */
const GRADIENT_BATCHES = 12;
const FLIPPED_LIMIT = 5e-2;
/** fp32 training is chaotic: how far it drifts from float64 is measured in PyTorch's own drift. */
const DRIFT_LIMIT = 3;
/**
 * One run's drift is a single draw of a wide distribution, PyTorch's included (0.03 to 0.13 of the loss here). Both sides therefore train
 * on as many series of batches, each from the same weights, and the root mean squares are compared.
 */
const SERIES = 3;

interface Data {
  readonly batch: number;
  readonly side: number;
}

const dataSets: readonly Data[] = [
  { batch: 32, side: 28 },
  { batch: 16, side: 64 },
];

interface Engine {
  readonly flavour: 'portable' | 'tuned';
  readonly losses: readonly number[];
}

const get = (results: ReadonlyMap<string, PytorchResult>, name: string): PytorchResult => {
  const result = results.get(name);
  if (result === undefined) throw new Error(`PyTorch wrote no results of ${name}.`);
  return result;
};

const at = <T>(items: readonly T[], index: number): T => {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no item ${index} of ${items.length}.`);
  return item;
};

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

const trainingRows = async (
  backend: OnnxBackend,
  pair: OptimizerPair,
  series: readonly (readonly Sample[])[],
  results: ReadonlyMap<string, PytorchResult>,
  label: string,
): Promise<readonly CheckRow[]> => {
  const train = (batches: readonly Sample[], stepsPerCall: number): Promise<Trained> =>
    trainHere({ backend, batches, seed: SEED, optimizer: pair.create(), stepsPerCall });
  const single: Trained[] = [];
  for (const batches of series) single.push(await train(batches, 1));
  const several = await train(at(series, 0), STEPS_PER_CALL);
  const exact = series.map((_, index) => get(results, runName(pair, 'float64', index)).losses);
  const drift = rootMeanSquare(single.map(({ losses }, index) => relativeL2(losses, at(exact, index))));
  const theirs = rootMeanSquare(
    exact.map((losses, index) => relativeL2(get(results, runName(pair, 'float32', index)).losses, losses)),
  );
  return [
    {
      subject: `${label}, ${pair.name}: fp32 drift of ${STEPS} losses from float64, ${SERIES} series`,
      measured: `${drift.toExponential(2)} = ${(drift / theirs).toFixed(2)} × PyTorch's`,
      expected: `≤ ${DRIFT_LIMIT} × PyTorch's`,
      state: drift <= DRIFT_LIMIT * theirs ? 'passed' : 'failed',
    },
    holds(
      `${label}, ${pair.name}: ${STEPS_PER_CALL} steps per call equal single steps bit for bit`,
      sameRun(at(single, 0), several),
      'yes',
    ),
  ];
};

const runFlavours = async (data: Data, context: CheckContext): Promise<readonly CheckRow[]> => {
  const { report, threads } = context;
  const batches = await mnistBatches(STEPS * SERIES, data.batch, data.side);
  const series = Array.from({ length: SERIES }, (_, index) => batches.slice(index * STEPS, (index + 1) * STEPS));
  const shape = `[${data.batch}, 1, ${data.side}, ${data.side}]`;
  report(`PyTorch, ${shape}`);
  const dtypes = ['float64', 'float32'] as const;
  const plain = at(optimizerPairs, 0);
  const results = await trainInPytorch({
    python: await context.python(),
    folder: context.folder,
    threads,
    weights: initialWeights(SEED),
    batches,
    runs: optimizerPairs.flatMap((pair) =>
      dtypes.flatMap((dtype) =>
        series.map((_, index) => ({
          name: runName(pair, dtype, index),
          optimizer: pair.pytorch,
          dtype,
          steps: STEPS,
          firstBatch: index * STEPS,
          gradientBatches: pair === plain && index === 0 ? GRADIENT_BATCHES : 0,
        })),
      ),
    ),
  });
  const exact = get(results, runName(plain, 'float64', 0));
  const theirs = overBatches(get(results, runName(plain, 'float32', 0)).gradients, exact.gradients);
  const rows: CheckRow[] = [];
  const engines: Engine[] = [];
  for (const flavour of ['portable', 'tuned'] as const) {
    report(`${flavour}, ${shape}`);
    // The tuned flavour is what people get unless it is wrong on this machine; asking for it by name would throw then.
    const backend = await createOnnxBackend({ flavour: flavour === 'tuned' ? 'auto' : flavour, threads });
    const label = `${shape} ${flavour}`;
    if (backend.info.flavour !== flavour) {
      rows.push({ subject: label, measured: backend.info.reason, expected: '', state: 'skipped' });
      await backend.dispose();
      continue;
    }
    const here = await gradientsHere(backend, batches.slice(0, GRADIENT_BATCHES), SEED);
    const losses = here.map(({ loss }) => loss);
    const gradients = overBatches(
      here.map((result) => result.gradients),
      exact.gradients,
    );
    engines.push({ flavour, losses });
    rows.push(
      atMost(
        `${label}: loss of the first step`,
        largestRelative(losses.slice(0, 1), exact.losses.slice(0, 1)),
        LOSS_LIMIT,
      ),
      atMost(
        `${label}: gradients, worst ${gradients.name} (PyTorch fp32: ${theirs.best.toExponential(1)})`,
        gradients.best,
        GRADIENT_LIMIT,
      ),
      atMost(
        `${label}: gradients, worst of ${GRADIENT_BATCHES} batches (PyTorch fp32: ${theirs.largest.toExponential(1)})`,
        gradients.largest,
        FLIPPED_LIMIT,
      ),
    );
    for (const pair of optimizerPairs) rows.push(...(await trainingRows(backend, pair, series, results, label)));
    await backend.dispose();
  }
  const [portable, tuned] = engines;
  if (portable !== undefined && tuned !== undefined) {
    rows.push(
      atMost(
        `${shape} tuned against portable: losses at the initial weights`,
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
  description: `${STEPS} steps of ResNet18 on MNIST in onnxruntime-node, both flavours, against PyTorch float64`,
  async run(context) {
    const rows: CheckRow[] = [];
    for (const data of dataSets) rows.push(...(await runFlavours(data, context)));
    return rows;
  },
};
