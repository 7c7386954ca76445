import { concat, slice, type Tensor } from '@delira/core';

/**
 * Doubles every spatial extent of [N, C, ...spatial] with linear interpolation, as PyTorch's `Upsample` with scale factor 2 in mode
 * `bilinear` or `trilinear` without aligned corners.
 */
export function upsampleLinear(x: Tensor): Tensor {
  return x.shape.slice(2).reduce((y, _extent, axis) => alongAxis(y, axis + 2), x);
}

/** y[2i] = ¾ x[i] + ¼ x[i − 1] and y[2i + 1] = ¾ x[i] + ¼ x[i + 1]; beyond the edges the outermost value counts again. */
function alongAxis(x: Tensor, axis: number): Tensor {
  const extent = x.shape[axis]!;
  const part = (start: number, size: number): Tensor =>
    slice(
      x,
      x.shape.map((_, other) => (other === axis ? start : 0)),
      x.shape.map((whole, other) => (other === axis ? size : whole)),
    );
  const before = extent === 1 ? x : concat([part(0, 1), part(0, extent - 1)], axis);
  const after = extent === 1 ? x : concat([part(1, extent - 1), part(extent - 1, 1)], axis);
  const near = x.mul(0.75);
  const apart = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const pair = [before, after].map((far) => near.add(far.mul(0.25)).reshape(apart));
  return concat(pair, axis + 1).reshape(x.shape.map((whole, other) => (other === axis ? 2 * whole : whole)));
}
