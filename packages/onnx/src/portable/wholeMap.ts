import { type ConvAttrs, type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';

/**
 * Whether a convolution from maps `spatial` has a kernel as large as the map and thus a single output position: then it and its gradients are
 * matrix products. For a generator's first layer (100 to 512 channels of 4×4) 0.5 ms instead of 3.6.
 */
export function coversMap(
  spatial: Shape,
  window: Shape,
  { padding, dilation, groups }: Pick<ConvAttrs, 'padding' | 'dilation' | 'groups'>,
): boolean {
  return (
    groups === 1 &&
    window.every((extent, axis) => extent === spatial[axis] && (extent === 1 || dilation[axis] === 1)) &&
    padding.every(([low, high]) => low === 0 && high === 0)
  );
}

/** Everything but the leading axis as columns. */
function asMatrix(graph: GraphBuilder, x: OnnxValue): OnnxValue {
  const rows = x.shape[0]!;
  return graph.reshape(x, [rows, sizeOf(x.shape) / rows]);
}

/** a · b as matrices, one of them transposed if so named, in the given shape. */
function product(
  graph: GraphBuilder,
  a: OnnxValue,
  b: OnnxValue,
  shape: Shape,
  transposed?: 'transA' | 'transB',
): OnnxValue {
  const [left, right] = [asMatrix(graph, a), asMatrix(graph, b)];
  const rows = left.shape[transposed === 'transA' ? 1 : 0]!;
  const columns = right.shape[transposed === 'transB' ? 0 : 1]!;
  const attributes = transposed === undefined ? {} : { [transposed]: 1 };
  return graph.reshape(graph.node('Gemm', [left, right], [rows, columns], { attributes }), shape);
}

/** y [N, O, 1, …] from x [N, C, ...window] and the kernel [O, C, ...window]. */
export const convWholeMap = (graph: GraphBuilder, x: OnnxValue, kernel: OnnxValue, shape: Shape): OnnxValue =>
  product(graph, x, kernel, shape, 'transB');

/** x from y. */
export const transposeWholeMap = (graph: GraphBuilder, y: OnnxValue, kernel: OnnxValue, shape: Shape): OnnxValue =>
  product(graph, y, kernel, shape);

/** The gradient in the kernel from x and that of y. */
export const kernelGradWholeMap = (graph: GraphBuilder, x: OnnxValue, y: OnnxValue, shape: Shape): OnnxValue =>
  product(graph, y, x, shape, 'transA');
