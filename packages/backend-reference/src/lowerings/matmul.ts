import { sizeOf } from '@delira/core';
import type { Lower } from './Lower.js';
import { multiplyRows } from './multiplyRows.js';
import { transposeMatrix } from './transposeMatrix.js';

export const matmul: Lower<'matmul'> = ([a, b], _attrs, [out]) => {
  const { shape } = out!;
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const depth = a!.shape.at(-1)!;
  const data = new Float64Array(sizeOf(shape));
  const [left, right] = [a!.data as Float64Array, b!.data as Float64Array];
  const matrices = sizeOf(shape.slice(0, -2));
  for (let matrix = 0; matrix < matrices; matrix++) {
    const transposed = transposeMatrix(right, depth, columns, matrix * depth * columns);
    const offsets = { a: matrix * rows * depth, y: matrix * rows * columns };
    multiplyRows(left, transposed, data, { rows, columns, depth }, offsets);
  }
  return [{ shape, data }];
};
