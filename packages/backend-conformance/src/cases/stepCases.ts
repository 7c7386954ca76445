import {
  type Backend,
  createRng,
  type DType,
  type Feeds,
  type NDArray,
  type Program,
  type Sample,
  type Step,
  type Tensor,
  TrainableSystem,
} from '@delira/core';
import { expectClose, randomArray, type Tolerance } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { accumulate } from '../support/accumulate.js';
import { compareRuns } from '../support/compareRuns.js';
import { expectRejection } from '../support/expectRejection.js';
import { imageBatch } from '../support/imageBatch.js';
import { LinearRegression, regressionBatch } from '../support/LinearRegression.js';
import { runProgram } from '../support/runProgram.js';
import { sgd } from '../support/sgd.js';
import type { ImageBatch } from '../support/TinyConvNet.js';
import { TinyGan, type GanPhase } from '../support/TinyGan.js';
import { TinyResNet } from '../support/TinyResNet.js';
import { feedsOf, tinySystem } from '../support/trainingRun.js';

type State = ReadonlyMap<string, NDArray>;

function expectStates(actual: State, expected: State, tolerance: Tolerance, names: Iterable<string>): void {
  for (const name of names) expectClose(actual.get(name)!, expected.get(name)!, tolerance, name);
}

const loose =
  (tolerance: (dtype: DType) => Tolerance) =>
  (dtype: DType): Tolerance => {
    const { rtol = 0, atol = 0 } = tolerance(dtype);
    return { rtol: 10 * rtol, atol: 10 * atol, relativeTo: 'array' };
  };

const residualBatch = (): Sample => imageBatch(6, { size: 20 });

function residualSystem(): TrainableSystem<ImageBatch, { pred: Tensor }> {
  return new TrainableSystem(new TinyResNet(), { optimizers: { default: sgd({ lr: 0.1, momentum: 0.9 }) } });
}

async function compareStep(context: CaseContext, program: Program, initial: State, feeds: Feeds): Promise<void> {
  const expected = await runProgram(context.reference, program, [feeds], initial);
  const actual = await runProgram(context.backend, program, [feeds], initial);
  compareRuns(program, actual, expected, loose(context.tolerance));
}

async function residualNetwork(context: CaseContext): Promise<void> {
  const system = residualSystem();
  const program = system.traceTrain(residualBatch(), { outputs: ['pred'] });
  await compareStep(context, program, system.initialState(1), { batch: residualBatch(), hyper: system.hyper });
}

async function residualGradients(context: CaseContext): Promise<void> {
  const system = residualSystem();
  const program = system.traceGradients(residualBatch());
  await compareStep(context, program, system.initialState(1), { batch: residualBatch() });
}

const ganOptimizers = { generator: sgd({ lr: 0.3 }), discriminator: sgd({ lr: 0.2 }) };
const ganHyper = { 'generator.lr': 0.3, 'discriminator.lr': 0.2 };
const ganBatch = (): Sample => ({ data: randomArray({ shape: [5, 3], dtype: 'float32' }, [0, 2], createRng(5)) });

async function ganStep(backend: Backend, phase: GanPhase, state: State): Promise<State> {
  const system = new TrainableSystem(new TinyGan(phase), { optimizers: ganOptimizers });
  const program = system.traceTrain(ganBatch());
  const run = await runProgram(backend, program, [{ batch: ganBatch(), hyper: ganHyper, seed: [3, 0] }], state);
  return run.state;
}

async function ganEqualsTwoPrograms(context: CaseContext): Promise<void> {
  const initial = new TrainableSystem(new TinyGan(), { optimizers: ganOptimizers }).initialState(1);
  const together = await ganStep(context.backend, 'both', initial);
  const discriminated = await ganStep(context.backend, 'discriminator', initial);
  const apart = await ganStep(context.backend, 'generator', discriminated);
  expectStates(together, apart, loose(context.tolerance)('float32'), initial.keys());
  // Had the generator seen the old discriminator, it would stand elsewhere.
  const stale = await ganStep(context.backend, 'generator', initial);
  let differs = false;
  try {
    expectClose(stale.get('generator.weight')!, apart.get('generator.weight')!, { rtol: 1e-3, atol: 1e-4 });
  } catch {
    differs = true;
  }
  if (!differs) throw new Error('The case cannot tell an updated discriminator from an old one.');
}

async function accumulateEqualsFullBatch(context: CaseContext): Promise<void> {
  const parts = [0, 1, 2, 3].map((part) => regressionBatch(part, 3));
  const joined = Object.fromEntries(
    Object.keys(parts[0]!).map((name) => {
      const arrays = parts.map((part) => part[name]!);
      const data = Float32Array.from(arrays.flatMap(({ data: values }) => Array.from(values)));
      return [name, { dtype: 'float32' as const, shape: [12, ...arrays[0]!.shape.slice(1)], data }];
    }),
  );
  const whole = new TrainableSystem(new LinearRegression(), { optimizers: { default: sgd() } });
  const split = new TrainableSystem(new LinearRegression(), { optimizers: { default: accumulate(sgd(), 4) } });
  const hyper = { 'default.lr': 0.1 };
  const full = await runProgram(
    context.backend,
    whole.traceTrain(joined),
    [{ batch: joined, hyper }],
    whole.initialState(2),
  );
  const initial = split.initialState(2);
  const program = split.traceTrain(parts[0]!);
  const accumulated = await runProgram(
    context.backend,
    program,
    parts.map((batch) => ({ batch, hyper })),
    initial,
  );
  expectStates(accumulated.state, full.state, loose(context.tolerance)('float32'), ['weight', 'bias']);
  const before = await runProgram(
    context.backend,
    program,
    parts.slice(1).map((batch) => ({ batch, hyper })),
    initial,
  );
  expectStates(before.state, initial, { rtol: 0, atol: 0 }, ['weight', 'bias']);
}

/** Minimises a loss computed before an update: must be refused. */
class StaleGan extends TinyGan {
  override trainStep(batch: { data: Tensor }, step: Step<{ data: Tensor }, { image: Tensor }>): Record<string, Tensor> {
    const before = this.discriminator.forward(batch.data).mean();
    step.minimize('discriminator', before);
    const mixed = this.discriminator.forward(batch.data).mean().add(before);
    step.minimize('discriminator', mixed);
    return { mixed };
  }
}

/** Whole training steps. */
export function stepCases(): readonly ConformanceCase[] {
  return [
    {
      id: 'step/convolutional-network',
      async run(context) {
        const system = tinySystem();
        const program = system.traceTrain(imageBatch(0), { outputs: ['pred'] });
        await compareStep(context, program, system.initialState(11), feedsOf(0));
      },
    },
    {
      id: 'step/evaluation-uses-running-statistics',
      async run(context) {
        const system = tinySystem();
        const trained = await runProgram(
          context.reference,
          system.traceTrain(imageBatch(0)),
          [0, 1].map(feedsOf),
          system.initialState(11),
        );
        // Rounded as a checkpoint rounds it, so that both start from the same numbers.
        const state = new Map(
          [...trained.state].map(([name, { dtype, shape, data }]): [string, NDArray] => [
            name,
            dtype === 'float64' ? { dtype: 'float32', shape, data: Float32Array.from(data) } : { dtype, shape, data },
          ]),
        );
        const program = system.traceEval(imageBatch(0));
        await compareStep(context, program, state, feedsOf(9));
      },
    },
    { id: 'step/residual-network', run: residualNetwork },
    { id: 'step/residual-network-gradients', run: residualGradients },
    { id: 'step/gan-equals-two-programs', run: ganEqualsTwoPrograms },
    { id: 'step/accumulate-4-equals-the-full-batch', run: accumulateEqualsFullBatch },
    {
      id: 'step/stale-reads-are-refused',
      async run() {
        const system = new TrainableSystem(new StaleGan(), { optimizers: ganOptimizers });
        await expectRejection(() => system.traceTrain(ganBatch()), 'STALE_READ', ['discriminator']);
      },
    },
  ];
}
