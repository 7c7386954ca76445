import { type Node, type PrimitiveName, type Shape, sizeOf } from '@delira/core';
import { elementwise, type HostValue, hostValue } from './HostValue.js';

/** Of a constant that is repeated: per channel, not per pixel. */
const REPEATED = 2 ** 16;

const functions: Readonly<Partial<Record<PrimitiveName, (a: number, b: number) => number>>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  sqrt: (a) => Math.sqrt(a),
  stopGradient: (a) => a,
};

/** What a node gives for operands that are known, or null if that is left to the engine. */
export function evaluate({ prim }: Node, operands: readonly HostValue[], shape: Shape): HostValue | null {
  const apply = functions[prim];
  if (apply !== undefined) return elementwise(operands, shape, apply);
  const [operand] = operands;
  if (prim === 'reshape') return hostValue(shape, operand!.sources, operand!.data);
  if (prim === 'broadcastTo' && sizeOf(shape) <= REPEATED) return elementwise(operands, shape, (a) => a);
  return null;
}
