import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';

/** Transpose, or a mere reshape when only axes of extent 1 move. */
export function moveAxes(graph: GraphBuilder, x: OnnxValue, perm: readonly number[]): OnnxValue {
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  const isOrdered = moved.every((axis, index) => index === 0 || axis > moved[index - 1]!);
  return isOrdered
    ? graph.reshape(
        x,
        perm.map((axis) => x.shape[axis]!),
      )
    : graph.transpose(x, perm);
}
