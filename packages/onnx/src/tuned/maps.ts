import type { Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';

/**
 * What the engine's two-dimensional kernels see of activations: themselves in 2D; in 3D, [N, C, D, H, W], the depth slices of all images,
 * [D · N, C, H, W]. Depth lies outermost, so that neighbouring slices follow one another in memory.
 */
export function mapsShape(shape: Shape): Shape {
  if (shape.length !== 5) return shape;
  const [batch, channels, depth, height, width] = shape as [number, number, number, number, number];
  return [depth * batch, channels, height, width];
}

/** A blocked value in the shape of its maps: no operator, or one that moves nothing. */
export function asMaps(graph: GraphBuilder, x: OnnxValue): OnnxValue {
  return graph.reshape(x, mapsShape(x.shape));
}
