import { type DType, isFloating, type NDArray, type Program } from '@delira/core';
import { expectClose, type Tolerance } from '@delira/testkit';
import type { ProgramRun } from './runProgram.js';

/** The oracle's float64 numbers as the dtype of the Program holds them: what overflows there is infinite there. */
export function rounded(array: NDArray, dtype: DType): NDArray {
  return dtype === 'float32' ? { dtype, shape: array.shape, data: Float32Array.from(array.data) } : array;
}

/** Integers and truth values are exact. */
export function toleranceFor(dtype: DType, tolerance: (dtype: DType) => Tolerance): Tolerance {
  return isFloating(dtype) ? tolerance(dtype) : { rtol: 0, atol: 0 };
}

/** Every step's outputs, and the state written, against the oracle's. */
export function compareRuns(
  program: Program,
  actual: ProgramRun,
  expected: ProgramRun,
  tolerance: (dtype: DType) => Tolerance,
): void {
  if (actual.outputs.length !== expected.outputs.length)
    throw new Error(`${actual.outputs.length} steps gave outputs, expected ${expected.outputs.length}.`);
  expected.outputs.forEach((sample, step) => {
    for (const [name, id] of Object.entries(program.outputs)) {
      const { dtype } = program.avals[id]!;
      const output = actual.outputs[step]![name];
      if (output === undefined) throw new Error(`Step ${step} gave no output "${name}".`);
      expectClose(
        output,
        rounded(sample[name]!, dtype),
        toleranceFor(dtype, tolerance),
        `output ${name} of step ${step}`,
      );
    }
  });
  for (const [name, id] of Object.entries(program.writes)) {
    const { dtype } = program.avals[id]!;
    const entry = rounded(expected.state.get(name)!, dtype);
    expectClose(actual.state.get(name)!, entry, toleranceFor(dtype, tolerance), `state ${name}`);
  }
}
