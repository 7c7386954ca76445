import { full, type NDArray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { compareSteps, type Trajectories } from '../src/compareSteps.js';
import type { Steps } from '../src/Steps.js';

const arrays = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, NDArray> =>
  new Map(Object.entries(entries).map(([name, value]) => [name, full([2], value, 'float64')]));

const steps: Steps = {
  losses: arrays({ loss: 2 }),
  gradients: arrays({ weight: 1, bias: 1e-9 }),
  state: arrays({ weight: 0.5, bias: 0 }),
  next: { losses: arrays({ loss: 1 }), state: arrays({ weight: 0.25 }) },
};
const same: Trajectories = { steps, resumed: steps.next, reference: steps, resumedByReference: steps.next };
const failed = (trajectories: Trajectories): readonly string[] =>
  compareSteps(trajectories).flatMap(({ what, excess }) => (excess <= 1 ? [] : [what]));

describe('compareSteps', () => {
  it('finds nothing between equal trajectories', () => {
    expect(compareSteps(same).map(({ excess }) => excess)).toEqual([0, 0, 0, 0, 0]);
  });

  it('measures in units of what is allowed, and names the array', () => {
    const off = { ...same, steps: { ...steps, gradients: arrays({ weight: 1.0005, bias: 1e-9 }) } };
    expect(compareSteps(off)[1]).toEqual({
      what: 'gradients',
      // A thousandth of the array's largest element, and 1e-5 of that of all.
      excess: expect.closeTo(0.0005 / 0.00101, 6) as number,
      name: 'weight',
    });
  });

  it('takes a gradient that is all rounding for zero', () => {
    expect(failed({ ...same, steps: { ...steps, gradients: arrays({ weight: 1, bias: -3e-9 }) } })).toEqual([]);
    expect(failed({ ...same, steps: { ...steps, gradients: arrays({ weight: 1, bias: 1e-4 }) } })).toEqual([
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
