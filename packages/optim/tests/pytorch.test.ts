import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { adam, adamStateFromPyTorch, adamStateToPyTorch, adamW } from '../src/index.js';
import { fixture, optimizerOf, tolerance } from './fixture.js';
import { trajectory } from './trajectory.js';

describe('ten steps equal PyTorch float64', () => {
  it('has a case of every optimizer', () => {
    expect(new Set(fixture.cases.map(({ optimizer }) => optimizer.type))).toEqual(
      new Set(['sgd', 'adam', 'adamw', 'rmsprop']),
    );
  });

  it.each(fixture.cases)('$name', async ({ optimizer, learningRates, trajectory: expected }) => {
    const { params } = await trajectory(optimizerOf(optimizer), fixture.parameters, fixture.gradients, (step) =>
      learningRates === undefined ? {} : { 'default.lr': learningRates[step]! },
    );
    params.forEach((values, step) =>
      values.forEach((value, index) => expectClose(value, expected[step]![index]!, tolerance)),
    );
  });
});

describe('state of Adam in the form of PyTorch', () => {
  const strip = 'optimizer.default.';
  const withoutPrefix = <T>(state: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...state].flatMap(([name, value]) => (name.startsWith(strip) ? [[name.slice(strip.length), value]] : [])));

  it('is the exponential average that the formulas of the paper give', async () => {
    const { state } = await trajectory(adam(), fixture.parameters, fixture.gradients);
    const torch = adamStateToPyTorch(withoutPrefix(state), fixture.gradients.length);
    let [average, square] = [0, 0];
    for (const [g0] of fixture.gradients) {
      average = 0.9 * average + 0.1 * g0![1]!;
      square = 0.999 * square + 0.001 * g0![1]! ** 2;
    }
    expectClose([torch.get('exp_avg.p0')!.data[1]!], [average], tolerance);
    expectClose([torch.get('exp_avg_sq.p0')!.data[1]!], [square], tolerance);
    expect([...torch.keys()].sort()).toEqual(['exp_avg.p0', 'exp_avg.p1', 'exp_avg_sq.p0', 'exp_avg_sq.p1', 'step']);
    expect(torch.get('step')!.data[0]).toBe(10);
  });

  it('comes back from that form', async () => {
    const betas = { beta1: 0.8, beta2: 0.95 };
    const { state } = await trajectory(adamW(betas), fixture.parameters, fixture.gradients);
    const own = withoutPrefix(state);
    const back = adamStateFromPyTorch(adamStateToPyTorch(own, fixture.gradients.length, betas), betas);
    expect([...back.keys()].sort()).toEqual([...own.keys()].sort());
    for (const [name, { data, shape }] of back) {
      expect(shape).toEqual(own.get(name)!.shape);
      expectClose(data, own.get(name)!.data, { rtol: 1e-10, atol: 1e-14 });
    }
  });

  it('needs the number of steps to come back', () => {
    expect(() => adamStateFromPyTorch(new Map())).toThrow(/no entry "step"/);
  });
});
