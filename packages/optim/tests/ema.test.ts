import { createReferenceBackend } from '@delira/backend-reference';
import { TrainableSystem } from '@delira/core';
import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { adam, ema, emaReads, renameReads, sgd } from '../src/index.js';
import { fixture, tolerance } from './fixture.js';
import { GivenGradients, trajectory } from './trajectory.js';

describe('ema', () => {
  it('equals the averaged model of PyTorch, which begins as a copy', async () => {
    const { decay, steps } = fixture.exponentialMovingAverage;
    const others = [0, 0, 0, 0];
    // A rate of one makes the gradient the difference between one step's weights and the next's.
    const gradients = steps
      .slice(1)
      .map(({ weights }, index) => [weights.map((value, element) => steps[index]!.weights[element]! - value), others]);
    const start = [steps[0]!.weights, others];
    for (let count = 1; count <= gradients.length; count++) {
      const { params, state } = await trajectory(ema(sgd({ lr: 1 }), decay), start, gradients.slice(0, count));
      expectClose(params.at(-1)![0]!, steps[count]!.weights, tolerance);
      expectClose(state.get('optimizer.default.ema.p0')!.data, steps[count]!.average, tolerance);
    }
  });

  it('starts as a copy of the parameters', () => {
    const slots = ema(adam(), 0.9).init([{ name: 'conv.weight', shape: [2, 3], dtype: 'float32' }]);
    expect(slots['ema.conv.weight']).toEqual({ shape: [2, 3], dtype: 'float32', copyOf: 'conv.weight' });
  });

  it('refuses a decay of one', () => {
    expect(() => ema(adam(), 1)).toThrow(/decay is 1; it must be a number at least 0 and less than 1/);
  });
});

describe('evaluation with the average', () => {
  const signature = {
    g0: { shape: [3], dtype: 'float64' },
    g1: { shape: [2, 2], dtype: 'float64' },
  } as const;
  const systemWith = (optimizer = ema(adam(), 0.9)) =>
    new TrainableSystem(new GivenGradients(), {
      optimizers: { default: optimizer },
      losses: { total: (p) => p.total },
    });

  it('reads the average instead of the parameters', async () => {
    const system = systemWith();
    const reads = emaReads(system.variables.keys());
    expect([...reads]).toEqual([
      ['p0', 'optimizer.default.ema.p0'],
      ['p1', 'optimizer.default.ema.p1'],
    ]);
    const program = renameReads(system.traceEval(signature, { outputs: ['total'] }), reads);
    expect(Object.keys(program.reads).sort()).toEqual(['optimizer.default.ema.p0', 'optimizer.default.ema.p1']);
    const backend = createReferenceBackend();
    const state = await backend.createState(
      new Map(
        [...system.initialState(0)].map(([name, array]) => [
          name,
          name.includes('.ema.') ? { ...array, data: array.data.slice().fill(2) } : array,
        ]),
      ),
    );
    const ones = (shape: readonly number[], length: number) =>
      ({ dtype: 'float64', shape, data: new Float64Array(length).fill(1) }) as const;
    const executable = await backend.compile(program);
    const [outputs] = await executable.run(state, [{ batch: { g0: ones([3], 3), g1: ones([2, 2], 4) } }]);
    expect(outputs!['total']!.data[0]).toBe(14);
    await backend.dispose();
  });

  it('refuses a group without an average, and a program that writes', () => {
    const names = systemWith().variables.keys();
    expect(() => emaReads(names, 'gen')).toThrow(/the optimizer group "gen" keeps no moving average/);
    expect(() => renameReads(systemWith().traceTrain(signature), new Map())).toThrow(/writes state/);
  });
});
