import { concat, Module, perAxis, type Shape, slice, type Tensor } from '@delira/core';
import { adaptiveWindows } from './adaptiveWindows.js';

/**
 * Means over windows chosen so that the output has the spatial extents `size`, as PyTorch's `AdaptiveAvgPool1d`, `2d` and `3d`: output i
 * of n covers inputs ⌊i · extent / n⌋ … ⌈(i + 1) · extent / n⌉ − 1.
 */
export class AdaptiveAveragePool extends Module {
  /** @param size one extent for all spatial axes, or one for each. */
  constructor(readonly size: number | Shape) {
    super();
  }

  /** [N, C, ...spatial] → [N, C, ...size]. @throws ShapeError */
  forward(x: Tensor): Tensor {
    const rank = x.shape.length - 2;
    const size = perAxis(this.size, rank, 'size');
    if (size.every((extent) => extent === 1)) return x.mean(spatialAxes(rank), { keepDims: true });
    return size.reduce((y, extent, axis) => alongAxis(y, axis + 2, extent), x);
  }
}

function spatialAxes(rank: number): Shape {
  return Array.from({ length: rank }, (_, axis) => axis + 2);
}

function alongAxis(x: Tensor, axis: number, outputs: number): Tensor {
  const inputs = x.shape[axis]!;
  if (inputs === outputs) return x;
  if (inputs % outputs === 0) {
    const shape = [...x.shape.slice(0, axis), outputs, inputs / outputs, ...x.shape.slice(axis + 1)];
    return x.reshape(shape).mean([axis + 1]);
  }
  const parts = adaptiveWindows(inputs, outputs).map(({ start, end }) => {
    const at = x.shape.map((_extent, other) => (other === axis ? start : 0));
    const extent = x.shape.map((other, position) => (position === axis ? end - start : other));
    return slice(x, at, extent).mean([axis], { keepDims: true });
  });
  return concat(parts, axis);
}

/** Mean over all spatial axes: [N, C, ...spatial] → [N, C]. */
export class GlobalAveragePool extends Module {
  forward(x: Tensor): Tensor {
    return x.mean(spatialAxes(x.shape.length - 2));
  }
}
