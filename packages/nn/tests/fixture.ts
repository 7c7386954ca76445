import type { NDArray } from '@delira/core';
import { type FixtureArray, fixtureArray, loadFixture } from '@delira/testkit';

export interface LayerCase {
  readonly name: string;
  readonly parameters: Readonly<Record<string, FixtureArray>>;
  readonly inputs: readonly FixtureArray[];
  readonly output: FixtureArray;
  readonly weightOfOutput: FixtureArray;
  readonly gradients: Readonly<Record<string, FixtureArray | readonly FixtureArray[]>>;
}

export interface BatchNormCase extends LayerCase {
  readonly momentum: number | null;
  readonly epsilon: number;
  readonly secondInput: FixtureArray;
  readonly runningAfter: readonly Readonly<Record<string, FixtureArray>>[];
  readonly evaluated: FixtureArray;
}

export interface LossCase {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly prediction: FixtureArray;
  readonly target: FixtureArray;
  readonly value: FixtureArray | number;
  readonly gradient: FixtureArray;
}

export interface InitialiserRow {
  readonly kind: string;
  readonly shape: readonly number[];
  readonly fanIn: number;
  readonly fanOut: number;
  readonly kaimingUniformReluBound: number;
  readonly kaimingNormalReluFanOutDeviation: number;
  readonly xavierUniformBound: number;
  readonly xavierNormalDeviation: number;
  readonly defaultWeightBound: number;
  readonly defaultBiasBound: number;
}

/** What PyTorch computed, in float64. */
export const fixture = loadFixture<{
  readonly batchNorm: readonly BatchNormCase[];
  readonly pooling: readonly LayerCase[];
  readonly layers: readonly LayerCase[];
  readonly activations: readonly LayerCase[];
  readonly losses: readonly LossCase[];
  readonly initialisers: readonly InitialiserRow[];
  readonly gains: Readonly<Record<string, number>>;
}>(import.meta.url, 'pytorch');

/** Further cases of the same kind. */
export const details = loadFixture<{
  readonly batchNorm: readonly BatchNormCase[];
  readonly losses: readonly LossCase[];
  readonly layers: readonly LayerCase[];
}>(import.meta.url, 'details');

/** What models came to need. */
export const more = loadFixture<{ readonly layers: readonly LayerCase[]; readonly losses: readonly LossCase[] }>(
  import.meta.url,
  'more',
);

/** float64 is summed in another order than PyTorch's. */
export const tolerance = { rtol: 1e-9, atol: 1e-12 };

export function arrays(record: Readonly<Record<string, FixtureArray>>): Map<string, NDArray> {
  return new Map(Object.entries(record).map(([name, array]) => [name, fixtureArray(array)]));
}
