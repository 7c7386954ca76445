import { createRng, type Initializer } from '@delira/core';
import { describe, expect, it } from 'vitest';
import {
  Conv2d,
  ConvTranspose2d,
  defaultBias,
  defaultWeight,
  fansOf,
  filled,
  gainOf,
  kaimingNormal,
  kaimingUniform,
  type Nonlinearity,
  normal,
  truncatedNormal,
  uniform,
  xavierNormal,
  xavierUniform,
} from '../src/index.js';
import { fixture } from './fixture.js';

/** About sixty thousand values drawn for a shape's fans: the shape is repeated along no fan. */
function draws(initialize: Initializer, shape: readonly number[]): number[] {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const rng = createRng(3);
  return Array.from({ length: Math.ceil(60_000 / size) }, (_, index) =>
    Array.from(initialize(rng.fork(index), shape).data),
  ).flat();
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviationOf = (values: readonly number[]) => Math.sqrt(meanOf(values.map((value) => value ** 2)));

function expectUniform(values: readonly number[], bound: number): void {
  const largest = Math.max(...values.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
  expect(largest).toBeGreaterThan(bound * 0.999);
  expect(Math.abs(meanOf(values))).toBeLessThan(bound * 0.02);
  expect(Math.abs(deviationOf(values) - bound / Math.sqrt(3))).toBeLessThan(bound * 0.01);
}

function expectNormal(values: readonly number[], deviation: number): void {
  expect(Math.abs(meanOf(values))).toBeLessThan(deviation * 0.02);
  expect(Math.abs(deviationOf(values) / deviation - 1)).toBeLessThan(0.02);
  const within = values.filter((value) => Math.abs(value) < deviation).length / values.length;
  expect(Math.abs(within - 0.6827)).toBeLessThan(0.01);
}

describe.each(fixture.initialisers)('weights of a $kind $shape', (row) => {
  it('have the fans that PyTorch counts', () => {
    expect(fansOf(row.shape)).toEqual({ fanIn: row.fanIn, fanOut: row.fanOut });
  });

  it('are drawn from PyTorch’s distributions', () => {
    expectUniform(draws(defaultWeight, row.shape), row.defaultWeightBound);
    expectUniform(draws(defaultBias(row.shape), [row.shape[0]!]), row.defaultBiasBound);
    expectUniform(draws(kaimingUniform(), row.shape), row.kaimingUniformReluBound);
    expectUniform(draws(xavierUniform(), row.shape), row.xavierUniformBound);
    expectNormal(draws(kaimingNormal({ fan: 'out' }), row.shape), row.kaimingNormalReluFanOutDeviation);
    expectNormal(draws(xavierNormal(), row.shape), row.xavierNormalDeviation);
  });
});

describe('gains', () => {
  it.each<readonly [string, Nonlinearity]>([
    ['linear', 'linear'],
    ['sigmoid', 'sigmoid'],
    ['tanh', 'tanh'],
    ['relu', 'relu'],
    ['leaky relu 0.2', { leakyRelu: 0.2 }],
    ['selu', 'selu'],
  ])('%s', (name, nonlinearity) => {
    expect(gainOf(nonlinearity)).toBeCloseTo(fixture.gains[name]!, 12);
  });
});

describe('plain initialisers', () => {
  it('fill', () => {
    expect(filled(2.5)(createRng(0), [2])).toEqual({ dtype: 'float32', shape: [2], data: Float32Array.of(2.5, 2.5) });
  });

  it('draw uniformly and normally', () => {
    expectUniform(
      draws(uniform(1, 3), [100]).map((value) => value - 2),
      1,
    );
    expectNormal(
      draws(normal(5, 0.1), [100]).map((value) => value - 5),
      0.1,
    );
  });

  it('draw a normal distribution within bounds', () => {
    const values = draws(truncatedNormal({ low: -1, high: 1 }), [100]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
    // Deviation of the standard normal between −1 and 1.
    expect(deviationOf(values)).toBeCloseTo(0.5396, 2);
  });

  it('are pure in the random stream', () => {
    for (const initialize of [kaimingNormal(), xavierUniform(), truncatedNormal()])
      expect(initialize(createRng(7), [3, 4])).toEqual(initialize(createRng(7), [3, 4]));
  });

  it('refuse a weight without fans and bounds that keep nothing', () => {
    expect(() => fansOf([3])).toThrow(/needs at least two axes/);
    expect(() => truncatedNormal({ low: 10, high: 11 })).toThrow(/within three deviations/);
  });
});

describe('initializeBias', () => {
  it.each([
    new Conv2d(2, 3, { kernel: 3, initializeBias: filled(0.5) }),
    new ConvTranspose2d(2, 3, { kernel: 2, initializeBias: filled(0.5) }),
  ])('draws the bias', ({ bias }) => {
    expect(bias!.initialize(createRng(1), [3])).toEqual(filled(0.5)(createRng(1), [3]));
  });
});
