import { full, type NDArray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { bestOf, compareSteps, type Trajectories, worstOf } from '../src/compareSteps.js';
import type { Steps } from '../src/Steps.js';

const arrays = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, NDArray> =>
  new Map(Object.entries(entries).map(([name, value]) => [name, full([2], value, 'float64')]));

const steps: Steps = {
  losses: arrays({ loss: 2 }),
  gradients: arrays({ weight: 1, bias: 1e-10 }),
  state: arrays({ weight: 0.5, bias: 0 }),
  next: { losses: arrays({ loss: 1 }), state: arrays({ weight: 0.25 }) },
};
const same: Trajectories = { steps, resumed: steps.next, reference: steps, resumedByReference: steps.next };
const failed = (trajectories: Trajectories): readonly string[] =>
  compareSteps(trajectories).flatMap((difference) => (worstOf(difference).excess <= 1 ? [] : [difference.what]));

describe('compareSteps', () => {
  it('finds nothing between equal trajectories', () => {
    expect(compareSteps(same).map((difference) => worstOf(difference).excess)).toEqual([0, 0, 0, 0, 0]);
  });

  it('measures in units of what is allowed, and names the array', () => {
    const off = { ...same, steps: { ...steps, gradients: arrays({ weight: 1.0005, bias: 1e-10 }) } };
    expect(worstOf(compareSteps(off)[1]!)).toEqual({
      excess: expect.closeTo(0.5, 6) as number,
      name: 'weight',
    });
  });

  it('takes a gradient that is all rounding for zero', () => {
    expect(failed({ ...same, steps: { ...steps, gradients: arrays({ weight: 1, bias: -3e-4 }) } })).toEqual([]);
    expect(failed({ ...same, steps: { ...steps, gradients: arrays({ weight: 1, bias: 2e-3 }) } })).toEqual([
      'gradients',
    ]);
  });

  it.each([
    ['losses', { steps: { ...steps, losses: arrays({ loss: 2.001 }) } }],
    ['state', { steps: { ...steps, state: arrays({ weight: 0.5, bias: NaN }) } }],
    ['state', { steps: { ...steps, state: arrays({ weight: 0.5 }) } }],
    ['gradients', { steps: { ...steps, gradients: arrays({}) } }],
    ['here → reference', { resumedByReference: { ...steps.next, losses: arrays({ loss: 1.01 }) } }],
    ['reference → here', { resumed: { ...steps.next, state: arrays({ weight: 0.26 }) } }],
  ])('finds differing %s', (what, change) => {
    expect(failed({ ...same, ...change })).toEqual([what]);
  });
});

describe('bestOf', () => {
  const round = (weight: number, bias: number): Parameters<typeof bestOf>[0][number] => [
    {
      what: 'gradients',
      excesses: new Map([
        ['weight', weight],
        ['bias', bias],
      ]),
    },
  ];

  it('judges each array by its best round', () => {
    expect(worstOf(bestOf([round(50, 0.2), round(0.3, 9)])[0]!)).toEqual({ name: 'weight', excess: 0.3 });
  });

  it('excuses nothing that is off on every batch, or by far on one', () => {
    expect(worstOf(bestOf([round(50, 0.2), round(2, 0.1)])[0]!)).toEqual({ name: 'weight', excess: 2 });
    expect(worstOf(bestOf([round(1001, 0.2), round(0.1, 0.1)])[0]!)).toEqual({ name: 'weight', excess: 1001 });
  });
});
