import { type Node, type Program, sizeOf } from '@delira/core';

/** Positions a kernel is applied at times its size, for one of its outputs; a multiplication and an addition each. */
function flopsOf({ avals }: Program, { prim, inputs, outputs }: Node): number {
  const shapeOf = (id: number | undefined): readonly number[] => avals[id ?? -1]?.shape ?? [];
  const perOutput = (kernel: readonly number[]): number => sizeOf(kernel.slice(1));
  switch (prim) {
    case 'conv':
      return 2 * sizeOf(shapeOf(outputs[0])) * perOutput(shapeOf(inputs[1]));
    case 'convTranspose':
      return 2 * sizeOf(shapeOf(inputs[0])) * perOutput(shapeOf(inputs[1]));
    case 'convKernelGrad':
      return 2 * sizeOf(shapeOf(inputs[1])) * perOutput(shapeOf(outputs[0]));
    case 'matmul':
      return 2 * sizeOf(shapeOf(outputs[0])) * (shapeOf(inputs[0]).at(-1) ?? 0);
    default:
      return 0;
  }
}

/**
 * Floating-point operations of a Program's convolutions and matrix products, forward and backward, as they are usually counted: two for each
 * product, padding included. Everything else is cheap by that count, whatever time it takes.
 */
export const countFlops = (program: Program): number =>
  program.nodes.reduce((sum, node) => sum + flopsOf(program, node), 0);
