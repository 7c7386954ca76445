import { concat, maxPool, Module, perAxis, type Shape, slice, type Tensor } from '@delira/core';
import { adaptiveWindows } from './adaptiveWindows.js';

/**
 * Largest elements of windows chosen so that the output has the spatial extents `size`, as PyTorch's `AdaptiveMaxPool1d`, `2d` and `3d`;
 * the first maximum in row-major order gets the gradient. The windows are those of `AdaptiveAveragePool`.
 */
export class AdaptiveMaxPool extends Module {
  /** @param size one extent for all spatial axes, or one for each. */
  constructor(readonly size: number | Shape) {
    super();
  }

  /** [N, C, ...spatial] → [N, C, ...size]. @throws ShapeError */
  forward(x: Tensor): Tensor {
    const spatial = x.shape.slice(2);
    const size = perAxis(this.size, spatial.length, 'size');
    const even = spatial.map((extent, axis) => extent / size[axis]!);
    if (even.every(Number.isInteger)) return pool(x, even);
    // The last axis first: then the first maximum in row-major order wins ties.
    return size.reduceRight((y, extent, axis) => alongAxis(y, axis, extent), x);
  }
}

function pool(x: Tensor, window: Shape): Tensor {
  return window.every((extent) => extent === 1) ? x : maxPool(x, { window });
}

function alongAxis(x: Tensor, axis: number, outputs: number): Tensor {
  const extent = x.shape[axis + 2]!;
  const windowOf = (length: number): Shape => x.shape.slice(2).map((_, other) => (other === axis ? length : 1));
  if (extent % outputs === 0) return pool(x, windowOf(extent / outputs));
  const parts = adaptiveWindows(extent, outputs).map(({ start, end }) => {
    const part = slice(
      x,
      x.shape.map((_, other) => (other === axis + 2 ? start : 0)),
      x.shape.map((whole, other) => (other === axis + 2 ? end - start : whole)),
    );
    return pool(part, windowOf(end - start));
  });
  return concat(parts, axis + 2);
}
