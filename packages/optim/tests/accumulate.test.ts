import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { accumulate, adam, chain, clipByValue, ema, sgd, stepsPerUpdate } from '../src/index.js';
import { fixture, tolerance } from './fixture.js';
import { trajectory, type Values } from './trajectory.js';

const every = 4;
const steps = [...fixture.gradients, ...fixture.gradients].slice(0, 11);

function meansOf(gradients: readonly Values[]): Values[] {
  const groups = Math.floor(gradients.length / every);
  return Array.from({ length: groups }, (_, group) =>
    gradients[0]!.map((values, index) =>
      values.map(
        (_value, element) =>
          gradients
            .slice(group * every, (group + 1) * every)
            .reduce((sum, gradient) => sum + gradient[index]![element]!, 0) / every,
      ),
    ),
  );
}

describe('accumulate', () => {
  it.each([
    ['sgd with momentum', () => sgd({ lr: 0.1, momentum: 0.9 })],
    ['adam', () => adam({ lr: 0.1 })],
    ['a moving average', () => ema(adam({ lr: 0.1 }), 0.9)],
  ])('updates %s with the mean of four gradients and keeps it in between', async (_, inner) => {
    const accumulated = await trajectory(accumulate(inner(), every), fixture.parameters, steps);
    const direct = await trajectory(inner(), fixture.parameters, meansOf(steps));
    accumulated.params.forEach((params, step) => {
      const updates = Math.floor((step + 1) / every);
      const expected = updates === 0 ? fixture.parameters : direct.params[updates - 1]!;
      params.forEach((values, index) => expectClose(values, expected[index]!, tolerance));
    });
    for (const [name, { data }] of direct.state) expectClose(accumulated.state.get(name)!.data, data, tolerance);
  });

  it('carries a remainder over', async () => {
    const { state } = await trajectory(accumulate(sgd({ lr: 1 }), every), fixture.parameters, steps);
    expect(state.get('optimizer.default.accumulatedSteps')!.data[0]).toBe(3);
    const remainder = steps.slice(8).reduce((sum, [g0]) => sum + g0![0]!, 0) / every;
    expectClose([state.get('optimizer.default.accumulated.p0')!.data[0]!], [remainder], tolerance);
  });

  it('is the inner optimizer itself when every step updates', () => {
    const params = [{ name: 'p', shape: [2], dtype: 'float32' }] as const;
    expect(accumulate(adam(), 1).init(params)).toEqual(adam().init(params));
  });

  it('tells how many steps make an update, through other transforms too', () => {
    expect(stepsPerUpdate(adam())).toBe(1);
    expect(stepsPerUpdate(accumulate(adam(), 4))).toBe(4);
    expect(stepsPerUpdate(chain(clipByValue(1), accumulate(ema(adam(), 0.9), 4)))).toBe(4);
    expect(stepsPerUpdate(ema(accumulate(adam(), 4), 0.9))).toBe(4);
  });

  it.each([0, 1.5, -1])('refuses %d steps', (count) => {
    expect(() => accumulate(adam(), count)).toThrow(/must be a positive integer/);
  });
});
