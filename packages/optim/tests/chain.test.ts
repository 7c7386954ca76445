import { expectClose } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { adam, chain, clipByGlobalNorm, ema, sgd } from '../src/index.js';
import { fixture, tolerance } from './fixture.js';
import { trajectory } from './trajectory.js';

describe('chain', () => {
  it('clips before it updates', async () => {
    const maximumNorm = 0.5;
    const { params } = await trajectory(chain(clipByGlobalNorm(maximumNorm), sgd({ lr: 1 })), fixture.parameters, [
      fixture.gradients[0]!,
    ]);
    const { clipped } = fixture.clipByGlobalNorm.find((row) => row.maximumNorm === maximumNorm)!;
    params[0]!.forEach((values, index) =>
      expectClose(
        values,
        fixture.parameters[index]!.map((value, element) => value - clipped[index]![element]!),
        tolerance,
      ),
    );
  });

  it('keeps the names of state and hypers of its parts', () => {
    const params = [{ name: 'conv.weight', shape: [2], dtype: 'float32' }] as const;
    const chained = chain(clipByGlobalNorm(1), adam({ lr: 0.5 }));
    expect(chained.hyper).toEqual({ lr: 0.5 });
    expect(chained.init(params)).toEqual(adam().init(params));
  });

  it('refuses two parts with one name', () => {
    expect(() => chain(adam(), adam())).toThrow(/two of its parts have the hyper "lr"/);
    const averaging = chain(ema(chain(clipByGlobalNorm(1)), 0.9), ema(sgd({ lr: 1 }), 0.9));
    expect(() => averaging.init([{ name: 'p', shape: [], dtype: 'float32' }])).toThrow(
      /two of its parts have the state entry "ema.p"/,
    );
  });

  it('refuses to be empty', () => {
    expect(() => chain()).toThrow(/at least one transform/);
  });
});
