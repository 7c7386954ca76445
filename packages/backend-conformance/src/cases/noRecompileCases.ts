import { type Feeds, type NDArray, TrainableSystem } from '@delira/core';
import { expectClose, expectEqual } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { imageBatch } from '../support/imageBatch.js';
import { LinearRegression, regressionBatch } from '../support/LinearRegression.js';
import { runProgram } from '../support/runProgram.js';
import { sgd } from '../support/sgd.js';
import { feedsOf, tinySystem, trainingRun } from '../support/trainingRun.js';

/** One executable, several settings: each must give what a fresh one would. */
async function learningRate({ backend }: CaseContext): Promise<void> {
  const batch = regressionBatch(0, 6);
  const system = new TrainableSystem(new LinearRegression(), { optimizers: { default: sgd() } });
  const initial = system.initialState(4);
  const executable = await backend.compile(system.traceTrain(batch));
  const state = await backend.createState(initial);
  const before = initial.get('weight')!.data;
  const moved: number[][] = [];
  for (const lr of [0.25, 0, 0.5]) {
    await state.write(initial);
    await executable.run(state, [{ batch, hyper: { 'default.lr': lr } }]);
    moved.push(Array.from((await state.read(['weight'])).get('weight')!.data, (value, i) => value - before[i]!));
  }
  const [quarter, none, half] = moved as [number[], number[], number[]];
  if (quarter.every((change) => change === 0)) throw new Error('A learning rate of 0.25 moved nothing.');
  expectClose(
    none,
    none.map(() => 0),
    { rtol: 0, atol: 0 },
    'change at learning rate 0',
  );
  expectClose(
    half,
    quarter.map((change) => 2 * change),
    { rtol: 1e-4, atol: 1e-6 },
    'change at twice the rate',
  );
  await Promise.all([executable.dispose(), state.dispose()]);
}

async function freshEqualsUsed(context: CaseContext, feeds: readonly Feeds[]): Promise<void> {
  const system = tinySystem();
  const program = system.traceTrain(imageBatch(0));
  const run = await trainingRun(context.backend);
  const initial = system.initialState(11);
  for (const entry of feeds) {
    await run.state.write(initial);
    const outputs = await run.executable.run(run.state, [entry]);
    const fresh = await runProgram(context.backend, program, [entry], initial);
    for (const [name, array] of Object.entries(fresh.outputs[0]!)) expectEqual(outputs[0]![name]!, array, name);
    const state = await run.state.read();
    for (const [name, array] of fresh.state) expectEqual(state.get(name)!, array, name);
  }
  await run.dispose();
}

/** Values that change from step to step are runtime inputs, never part of what was compiled. */
export function noRecompileCases(): readonly ConformanceCase[] {
  return [
    { id: 'no-recompile/learning-rate', run: learningRate },
    {
      id: 'no-recompile/batch-seed-and-step',
      run: (context) =>
        freshEqualsUsed(context, [feedsOf(0), feedsOf(5), { ...feedsOf(0), seed: [12, 0] }, feedsOf(0)]),
    },
    {
      id: 'no-recompile/weights',
      async run({ backend }) {
        const system = tinySystem();
        const executable = await backend.compile(system.traceEval(imageBatch(0)));
        const feeds = [feedsOf(0)];
        const answers: NDArray[] = [];
        const state = await backend.createState(system.initialState(1));
        for (const seed of [1, 2, 1]) {
          await state.write(system.initialState(seed));
          answers.push((await executable.run(state, feeds))[0]!['pred']!);
        }
        const [first, second, again] = answers as [NDArray, NDArray, NDArray];
        expectClose(again, first, { rtol: 0, atol: 0 }, 'predictions with the first weights again');
        if (second.data.every((value, i) => value === first.data[i]))
          throw new Error('Other weights gave the same predictions.');
        await Promise.all([executable.dispose(), state.dispose()]);
      },
    },
  ];
}
