import { full, type NDArray } from '@delira/core';

/** How a recorded fixture describes the values of a large array instead of holding them: offset + scale · unitHash(index, salt). */
export interface FormulaArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly salt: number;
  readonly offset: number;
  readonly scale: number;
}

/** What is recorded of a large array: its Euclidean norm and its product with `unitHash(index, 1)`. */
export type Probe = readonly [norm: number, dot: number];

/** A number in [−1, 1) that depends on an index and a salt alone; `fixtures.arrays.unit_hash` in Python. */
export function unitHash(index: number, salt: number): number {
  let x = (index + Math.imul(salt, 0x9e3779b9)) >>> 0;
  x = (x ^ (x >>> 16)) >>> 0;
  x = Math.imul(x, 0x7feb352d) >>> 0;
  x = (x ^ (x >>> 15)) >>> 0;
  x = Math.imul(x, 0x846ca68b) >>> 0;
  x = (x ^ (x >>> 16)) >>> 0;
  return x / 2147483648 - 1;
}

/** The arrays that formulas describe, by name, in float32. */
export function formulaArrays(formulas: readonly FormulaArray[]): Map<string, NDArray> {
  return new Map(
    formulas.map(({ name, shape, salt, offset, scale }) => {
      const array = full(shape, 0);
      for (let index = 0; index < array.data.length; index++)
        array.data[index] = offset + scale * unitHash(index, salt);
      return [name, array] as const;
    }),
  );
}

/** Short decimals in [−scale, scale], in float64; `fixtures.arrays.spread` in Python. */
export function spread(shape: readonly number[], salt: number, scale = 1): NDArray<'float64'> {
  const array = full(shape, 0, 'float64');
  for (let index = 0; index < array.data.length; index++)
    array.data[index] = Math.round(unitHash(index, salt) * scale * 1000) / 1000;
  return array;
}

/** Probes an array: a wrong element, a transposed axis and a wrong scale all show. */
export function probe({ data }: NDArray): Probe {
  let [squares, dot] = [0, 0];
  for (let index = 0; index < data.length; index++) {
    squares += data[index]! ** 2;
    dot += data[index]! * unitHash(index, 1);
  }
  return [Math.sqrt(squares), dot];
}
