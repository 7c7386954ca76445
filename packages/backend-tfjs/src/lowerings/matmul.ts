import { sizeOf } from '@delira/core';
import { Value } from '../Value.js';
import type { Lower } from './Lower.js';

export const matmul: Lower<'matmul'> = ([a, b], _attrs, [out]) => {
  const { kernels } = a!;
  const [rows, columns] = out!.shape.slice(-2) as [number, number];
  const depth = a!.shape.at(-1)!;
  const count = sizeOf(out!.shape.slice(0, -2));
  const left = kernels.reshape(a!.as('plain'), [count * rows, depth]);
  const right = kernels.reshape(b!.as('plain'), [count * depth, columns]);
  // Engines are fast for one product at a time.
  const products = Array.from({ length: count }, (_, index) =>
    kernels.matmul(
      kernels.slice(left, [index * rows, 0], [rows, depth]),
      kernels.slice(right, [index * depth, 0], [depth, columns]),
    ),
  );
  return [new Value(kernels, out!.shape, kernels.reshape(kernels.concat(products, 0), out!.shape))];
};
