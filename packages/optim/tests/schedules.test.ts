import { expectClose, loadFixture } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import {
  constantSchedule,
  CosineAnnealingLR,
  cosineSchedule,
  ExponentialLR,
  exponentialSchedule,
  LambdaLR,
  MultiStepLR,
  multiStepSchedule,
  OneCycleLR,
  oneCycleSchedule,
  perEpoch,
  PolyLR,
  polynomialSchedule,
  type Schedule,
  StepLR,
  stepSchedule,
  warmupSchedule,
} from '../src/index.js';

const fixture = loadFixture<Readonly<Record<string, readonly number[]>>>(import.meta.url, 'schedules');

const schedules: Readonly<Record<string, Schedule>> = {
  oneCycle: oneCycleSchedule({ maximum: 0.01, totalSteps: 20 }),
  'oneCycle, other constants': oneCycleSchedule({
    maximum: 0.1,
    totalSteps: 7,
    pctStart: 0.5,
    divFactor: 10,
    finalDivFactor: 100,
  }),
  cosine: cosineSchedule({ initial: 0.1, steps: 5, final: 0.001 }),
  step: stepSchedule({ initial: 0.1, every: 3, gamma: 0.5 }),
  multiStep: multiStepSchedule({ initial: 0.1, milestones: [2, 4] }),
  exponential: exponentialSchedule({ initial: 0.1, gamma: 0.5 }),
  polynomial: polynomialSchedule({ initial: 0.1, steps: 5, power: 0.9 }),
  CosineAnnealingLR: CosineAnnealingLR({ initial: 0.1, tMax: 4 }),
  LambdaLR: LambdaLR({ initial: 0.1, lambda: (count) => 1 / Math.sqrt(1 + count) }),
  'warmup then step': warmupSchedule({ steps: 4, startFactor: 0.25, then: stepSchedule({ initial: 0.1, every: 3 }) }),
};

describe('schedules equal PyTorch', () => {
  it.each(Object.entries(schedules))('%s', (name, schedule) => {
    const expected = fixture[name]!;
    expect(expected.length).toBeGreaterThan(4);
    expectClose(
      expected.map((_, step) => schedule(step)),
      expected,
      { rtol: 1e-12, atol: 1e-15 },
    );
  });

  it('covers all recorded ones', () => {
    expect(Object.keys(schedules).sort()).toEqual(
      Object.keys(fixture)
        .filter((name) => name !== 'source')
        .sort(),
    );
  });
});

describe('PyTorch’s names', () => {
  it.each<[string, Schedule]>([
    ['step', StepLR({ initial: 0.1, stepSize: 3, gamma: 0.5 })],
    ['multiStep', MultiStepLR({ initial: 0.1, milestones: [2, 4] })],
    ['exponential', ExponentialLR({ initial: 0.1, gamma: 0.5 })],
    ['cosine', CosineAnnealingLR({ initial: 0.1, tMax: 5, etaMin: 0.001 })],
    ['oneCycle', OneCycleLR({ maxLR: 0.01, totalSteps: 20 })],
    ['polynomial', PolyLR({ initial: 0.1, maxSteps: 5 })],
  ])('give its values of %s', (name, schedule) => {
    const expected = fixture[name]!;
    expectClose(
      expected.map((_, count) => schedule(count)),
      expected,
      { rtol: 1e-12, atol: 1e-15 },
    );
  });

  it('counts epochs through perEpoch, with the same values', () => {
    const schedule = perEpoch(StepLR({ initial: 1, stepSize: 2 }));
    expect(schedule.counts).toBe('epoch');
    expect([0, 1, 2].map((epoch) => schedule(epoch))).toEqual([1, 1, 0.1]);
    expect(StepLR({ initial: 1, stepSize: 2 }).counts).toBe(undefined);
  });
});

describe('beyond their end', () => {
  it.each([
    ['oneCycle', schedules['oneCycle']!, 19],
    ['cosine', schedules['cosine']!, 5],
    ['polynomial', schedules['polynomial']!, 5],
  ])('%s keeps its last value', (_, schedule, last) => {
    expect(schedule(last + 100)).toBe(schedule(last));
  });
});

describe('small schedules, by hand', () => {
  it('constant', () => {
    expect([0, 1, 1000].map(constantSchedule(0.3))).toEqual([0.3, 0.3, 0.3]);
  });

  it('warmup from zero', () => {
    expect([0, 1, 2, 3].map(warmupSchedule({ steps: 2, then: constantSchedule(4) }))).toEqual([0, 2, 4, 4]);
  });

  it('warmup without steps is what follows', () => {
    expect([0, 1].map(warmupSchedule({ steps: 0, then: (step) => step }))).toEqual([0, 1]);
  });

  it('one cycle that is all descent', () => {
    const schedule = oneCycleSchedule({ maximum: 1, totalSteps: 2, pctStart: 0 });
    expect(schedule(1)).toBeCloseTo(1 / 25e4, 12);
  });
});

describe('options out of range', () => {
  it.each([
    [() => oneCycleSchedule({ maximum: 1, totalSteps: 0 }), /totalSteps is 0/],
    [() => oneCycleSchedule({ maximum: 1, totalSteps: 5, pctStart: 1 }), /pctStart is 1/],
    [() => cosineSchedule({ initial: 1, steps: 0 }), /steps is 0/],
    [() => polynomialSchedule({ initial: 1, steps: -1 }), /steps is -1/],
    [() => stepSchedule({ initial: 1, every: 0 }), /every is 0/],
    [() => multiStepSchedule({ initial: 1, milestones: [2, 2] }), /the milestones 2, 2 must increase/],
    [() => StepLR({ initial: 1, stepSize: 0 }), /StepLR: stepSize is 0/],
    [() => CosineAnnealingLR({ initial: 1, tMax: 0 }), /tMax is 0/],
    [() => PolyLR({ initial: 1, maxSteps: 0 }), /maxSteps is 0/],
    [() => warmupSchedule({ steps: 1, then: perEpoch(constantSchedule(1)) }), /perEpoch\(warmupSchedule/],
    [() => warmupSchedule({ steps: 1, startFactor: 1, then: constantSchedule(1) }), /startFactor is 1/],
  ])('%s are refused', (make, message) => {
    expect(make).toThrow(message);
  });
});
