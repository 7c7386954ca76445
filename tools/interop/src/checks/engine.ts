import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import { type NDArray } from '@delira/core';
import { atMost, type Check, type CheckContext, type CheckRow, holds } from '../Check.js';
import { largestRelative, relativeL2, worstEntry } from '../differences.js';
import { mnistBatches } from '../resnet18/mnistBatches.js';
import { type OptimizerPair, optimizerPairs } from '../resnet18/optimizers.js';
import { gradientsHere, initialWeights, type Trained, trainHere } from '../resnet18/trainHere.js';
import { type PytorchResult, trainInPytorch } from '../resnet18/trainInPytorch.js';

const SEED = 1;
const STEPS = 20;
const STEPS_PER_CALL = 4;
const LOSS_LIMIT = 1e-5;
const GRADIENT_LIMIT = 1e-3;
/** fp32 training is chaotic: how far it drifts from float64 is measured in PyTorch's own drift. */
const DRIFT_LIMIT = 3;

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
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, NDArray>;
}

const get = (results: ReadonlyMap<string, PytorchResult>, name: string): PytorchResult => {
  const result = results.get(name);
  if (result === undefined) throw new Error(`PyTorch wrote no results of ${name}.`);
  return result;
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

const trainingRows = async (
  backend: OnnxBackend,
  pair: OptimizerPair,
  batches: Awaited<ReturnType<typeof mnistBatches>>,
  expected: { readonly exact: PytorchResult; readonly single: PytorchResult },
  label: string,
): Promise<readonly CheckRow[]> => {
  const options = { backend, batches, seed: SEED };
  const one = await trainHere({ ...options, optimizer: pair.create(), stepsPerCall: 1 });
  const several = await trainHere({ ...options, optimizer: pair.create(), stepsPerCall: STEPS_PER_CALL });
  const drift = relativeL2(one.losses, expected.exact.losses);
  const theirs = relativeL2(expected.single.losses, expected.exact.losses);
  return [
    {
      subject: `${label}, ${pair.name}: fp32 drift of ${STEPS} losses from float64`,
      measured: `${drift.toExponential(2)} = ${(drift / theirs).toFixed(2)} × PyTorch's`,
      expected: `≤ ${DRIFT_LIMIT} × PyTorch's`,
      state: drift <= DRIFT_LIMIT * theirs ? 'passed' : 'failed',
    },
    holds(
      `${label}, ${pair.name}: ${STEPS_PER_CALL} steps per call equal single steps bit for bit`,
      sameRun(one, several),
      'yes',
    ),
  ];
};

const runFlavours = async (data: Data, context: CheckContext): Promise<readonly CheckRow[]> => {
  const { report, threads } = context;
  const batches = await mnistBatches(STEPS, data.batch, data.side);
  const [batch] = batches;
  if (batch === undefined) throw new Error('There is no batch.');
  const shape = `[${data.batch}, 1, ${data.side}, ${data.side}]`;
  report(`PyTorch, ${shape}`);
  const dtypes = ['float64', 'float32'] as const;
  const results = await trainInPytorch({
    python: await context.python(),
    folder: context.folder,
    threads,
    weights: initialWeights(SEED),
    batches,
    runs: optimizerPairs.flatMap(({ name, pytorch }) =>
      dtypes.map((dtype) => ({ name: `${name}-${dtype}`, optimizer: pytorch, dtype, steps: STEPS })),
    ),
  });
  const exact = get(results, 'sgd-float64');
  const theirs = worstEntry(get(results, 'sgd-float32').gradients, exact.gradients);
  const rows: CheckRow[] = [];
  const engines: Engine[] = [];
  for (const flavour of ['portable', 'tuned'] as const) {
    report(`${flavour}, ${shape}`);
    const backend = await createOnnxBackend({ flavour, threads });
    const label = `${shape} ${flavour}`;
    if (backend.info.flavour !== flavour) {
      rows.push({ subject: label, measured: backend.info.reason, expected: '', state: 'skipped' });
      await backend.dispose();
      continue;
    }
    const { loss, gradients } = await gradientsHere(backend, batch, SEED);
    const worst = worstEntry(gradients, exact.gradients);
    engines.push({ flavour, loss, gradients });
    rows.push(
      atMost(`${label}: loss of the first step`, largestRelative([loss], exact.losses.slice(0, 1)), LOSS_LIMIT),
      atMost(
        `${label}: gradients of the first step, worst ${worst.name} (PyTorch fp32: ${theirs.difference.toExponential(1)})`,
        worst.difference,
        GRADIENT_LIMIT,
      ),
    );
    for (const pair of optimizerPairs) {
      const expected = { exact: get(results, `${pair.name}-float64`), single: get(results, `${pair.name}-float32`) };
      rows.push(...(await trainingRows(backend, pair, batches, expected, label)));
    }
    await backend.dispose();
  }
  const [portable, tuned] = engines;
  if (portable !== undefined && tuned !== undefined) {
    rows.push(
      atMost(
        `${shape} tuned against portable: loss of the first step`,
        largestRelative([tuned.loss], [portable.loss]),
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
