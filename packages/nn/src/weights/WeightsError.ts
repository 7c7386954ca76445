import { DeliraError, type Shape } from '@delira/core';

/** A weight whose shape is not the variable's. */
export interface WeightMismatch {
  readonly name: string;
  readonly expected: Shape;
  readonly actual: Shape;
}

/** Weights do not fit a network. */
export class WeightsError extends DeliraError {
  constructor(
    message: string,
    readonly missing: readonly string[],
    readonly unexpected: readonly string[],
    readonly mismatched: readonly WeightMismatch[],
  ) {
    super('WEIGHTS', message);
  }
}
