import { createReferenceBackend } from '@delira/backend-reference';
import {
  ArgumentError,
  ndarray,
  Network,
  type Optimizer,
  slice,
  type Tensor,
  trace,
  TrainableSystem,
  type Variable,
} from '@delira/core';
import { describe, expect, it } from 'vitest';
import { accumulate, adam, adamW, chain, clipByGlobalNorm, clipByValue, ema, rmsProp, sgd } from '../src/index.js';
import { fixture } from './fixture.js';
import { GivenGradients, trajectory } from './trajectory.js';

const optimizers: readonly (readonly [string, Optimizer])[] = [
  ['sgd', sgd({ lr: 0.02 })],
  ['sgd, momentum', sgd({ lr: 0.003, momentum: 0.9 })],
  ['sgd, nesterov', sgd({ lr: 0.003, momentum: 0.9, nesterov: true })],
  ['sgd, dampening', sgd({ lr: 0.01, momentum: 0.8, dampening: 0.5 })],
  ['adam', adam({ lr: 0.05 })],
  ['adamW', adamW({ lr: 0.05, weightDecay: 1e-4 })],
  ['rmsProp', rmsProp({ lr: 0.01 })],
  ['rmsProp, momentum', rmsProp({ lr: 0.003, momentum: 0.7 })],
  ['rmsProp, centered', rmsProp({ lr: 0.005, centered: true })],
  ['clip and adam', chain(clipByGlobalNorm(5), adam({ lr: 0.05 }))],
  ['clip values and sgd', chain(clipByValue(10), sgd({ lr: 0.02 }))],
  ['accumulated adam', accumulate(adam({ lr: 0.1 }), 2)],
  ['averaged adam', ema(adam({ lr: 0.05 }), 0.9)],
];

class Objective extends Network<Record<never, never>, { loss: Tensor }> {
  readonly config = null;
  readonly inputs = {};
  readonly point: Variable = this.param([2], () => ndarray([-1.2, 1], [2]));
  constructor(private readonly formula: (x: Tensor, y: Tensor) => Tensor) {
    super();
  }
  override predict(): { loss: Tensor } {
    const at = (index: number) => slice(this.point.value, [index], [1]).reshape([]);
    return { loss: this.formula(at(0), at(1)) };
  }
}

const square = (x: Tensor): Tensor => x.mul(x);
const objectives = {
  bowl: (x: Tensor, y: Tensor) => square(x.sub(0.5)).add(square(y.add(2)).mul(3)),
  valley: (x: Tensor, y: Tensor) => square(x.mul(-1).add(1)).add(square(y.sub(square(x))).mul(2)),
} as const;

async function lossesOf(optimizer: Optimizer, objective: keyof typeof objectives, steps: number): Promise<number[]> {
  const system = new TrainableSystem(new Objective(objectives[objective]), {
    optimizers: { default: optimizer },
    losses: { total: ({ loss }) => loss },
  });
  const backend = createReferenceBackend();
  const executable = await backend.compile(system.traceTrain({}));
  const state = await backend.createState(system.initialState(0));
  const outputs = await executable.run(
    state,
    Array.from({ length: steps }, () => ({ hyper: system.hyper })),
  );
  await backend.dispose();
  return outputs.map((output) => output['loss']!.data[0]!);
}

describe.each(optimizers)('%s', (_, optimizer) => {
  it.each(['bowl', 'valley'] as const)('finds the bottom of the %s', async (objective) => {
    const losses = await lossesOf(optimizer, objective, 1500);
    expect(losses[0]).toBeGreaterThan(2);
    expect(losses.at(-1)).toBeLessThan(1e-2);
  });

  it('keeps the bits of the parameters with a rate of zero', async () => {
    const zeros = [
      [0, 0, 0],
      [0, 0, 0, 0],
    ];
    // Parameters and gradients of zero are what 0 · ∞ would spoil.
    for (const start of [fixture.parameters, zeros]) {
      const { params } = await trajectory(optimizer, start, [zeros, ...fixture.gradients.slice(0, 3), zeros], () => ({
        'default.lr': 0,
      }));
      for (const values of params) expect(values).toEqual(start);
    }
  });

  it('reads all runtime scalars it declares', () => {
    const system = new TrainableSystem(new GivenGradients(), {
      optimizers: { default: optimizer },
      losses: { total: ({ total }) => total },
    });
    const program = system.traceTrain({
      g0: { shape: [3], dtype: 'float64' },
      g1: { shape: [2, 2], dtype: 'float64' },
    });
    expect(Object.keys(program.hyper)).toEqual(['default.lr']);
  });
});

describe('centered rmsProp', () => {
  it('stays finite where the gradient has no variance', async () => {
    const constant = [
      [0.1, 0.3, 0.7],
      [1.1, 1.3, 1.7, 1.9],
    ];
    const steps = Array.from({ length: 100 }, () => constant);
    const { params } = await trajectory(rmsProp({ centered: true, alpha: 0.5 }), fixture.parameters, steps);
    expect(params.at(-1)!.flat().every(Number.isFinite)).toBe(true);
  });
});

describe('passes over a parameter', () => {
  const passes = (optimizer: Optimizer): Readonly<Record<string, number>> => {
    const shape = [1000];
    const program = trace(
      (recording) => {
        const [param, gradient] = ['param', 'gradient'].map((name) =>
          recording.feed(name, { shape, dtype: 'float32' }),
        );
        const state = Object.fromEntries(
          Object.entries(optimizer.init([{ name: 'p', shape, dtype: 'float32' }])).map(([key, aval]) => [
            key,
            recording.feed(key, aval),
          ]),
        );
        const [updates, next] = optimizer.update([gradient!], state, {
          params: [param!],
          names: ['p'],
          hyper: (name) => recording.hyper(name),
        });
        return { param: param!.add(updates[0]!), ...next };
      },
      { training: true },
    );
    const counts: Record<string, number> = {};
    for (const { prim, outputs } of program.nodes)
      if (program.avals[outputs[0]!]!.shape.length > 0) counts[prim] = (counts[prim] ?? 0) + 1;
    return counts;
  };

  // An engine fuses each product with a scalar and the sum it goes into.
  it('are few', () => {
    expect(passes(sgd({ lr: 1 }))).toEqual({ mul: 1, add: 1 });
    expect(passes(sgd({ lr: 1, momentum: 0.9 }))).toEqual({ mul: 2, add: 2 });
    expect(passes(adam())).toEqual({ mul: 4, add: 4, sqrt: 1, div: 1 });
    expect(passes(adamW())).toEqual({ mul: 5, add: 5, sqrt: 1, div: 1 });
    expect(passes(rmsProp())).toEqual({ mul: 3, add: 3, sqrt: 1, div: 1 });
  });
});

describe('options out of range', () => {
  it.each([
    [() => sgd({ lr: -1 }), /sgd: lr is -1; it must be a number at least 0/],
    [() => sgd({ lr: 1, nesterov: true }), /nesterov needs a momentum greater than 0 and a dampening of 0/],
    [() => sgd({ lr: 1, momentum: 0.9, dampening: 0.1, nesterov: true }), /nesterov needs/],
    [() => adam({ lr: NaN }), /adam: lr is NaN/],
    [() => adam({ beta1: 1 }), /adam: beta1 is 1; it must be a number at least 0 and less than 1/],
    [() => adamW({ beta2: -0.1 }), /adamW: beta2 is -0.1/],
    [() => adam({ epsilon: 0 }), /adam: epsilon is 0; it must be a number greater than 0/],
    [() => rmsProp({ alpha: 1 }), /rmsProp: alpha is 1/],
    [() => adamW({ weightDecay: Infinity }), /adamW: weightDecay is Infinity/],
  ])('%s are refused', (make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });
});
