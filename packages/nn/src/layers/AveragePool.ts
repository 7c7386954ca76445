import {
  constant,
  conv,
  Module,
  type Padding,
  paddingPerAxis,
  perAxis,
  type PoolOptions,
  type Shape,
  sizeOf,
  slice,
  type Tensor,
} from '@delira/core';
import { constantArray } from '../constantArray.js';

export interface AveragePoolOptions extends PoolOptions {
  /** Whether padded zeros count in the average. Default true. */
  readonly countPadding?: boolean;
}

/** Mean of each window of [N, C, ...spatial], as PyTorch's `AvgPool1d`, `2d` and `3d`. */
export class AveragePool extends Module {
  readonly #options: AveragePoolOptions;

  constructor(options: AveragePoolOptions) {
    super();
    this.#options = options;
  }

  /** @throws ShapeError */
  forward(x: Tensor): Tensor {
    const rank = x.shape.length - 2;
    const window = perAxis(this.#options.window, rank, 'window');
    const stride = perAxis(this.#options.stride ?? window, rank, 'stride');
    const padding = paddingPerAxis(this.#options.padding ?? 0, rank);
    const apart = window.every((extent, axis) => extent === stride[axis] && extent <= x.shape[axis + 2]!);
    if (apart && padding.every(([low, high]) => low === 0 && high === 0)) return tileMeans(x, window);

    const channels = x.shape[1]!;
    const kernel = constant(1 / sizeOf(window), x.dtype).broadcastTo([channels, 1, ...window]);
    const means = conv(x, kernel, { stride, padding, groups: channels });
    if (this.#options.countPadding ?? true) return means;
    const output = means.shape.slice(2);
    const factors = paddingFactors(x.shape.slice(2), output, { window, stride, padding });
    return means.mul(constantArray(factors, [1, 1, ...output], x.dtype));
  }
}

/** Means of windows that neither overlap nor leave gaps: a reduction, which is faster than a convolution. */
function tileMeans(x: Tensor, window: Shape): Tensor {
  const counts = window.map((extent, axis) => Math.floor(x.shape[axis + 2]! / extent));
  const leading = x.shape.slice(0, 2);
  const used = [...leading, ...counts.map((count, axis) => count * window[axis]!)];
  const inside = slice(
    x,
    used.map(() => 0),
    used,
  );
  const tiles = inside.reshape([...leading, ...counts.flatMap((count, axis) => [count, window[axis]!])]);
  return tiles.mean(window.map((_, axis) => 3 + 2 * axis));
}

/** Window size over the number of its elements that are not padding, for each output position in row-major order. */
function paddingFactors(
  input: Shape,
  output: Shape,
  { window, stride, padding }: { readonly window: Shape; readonly stride: Shape; readonly padding: Padding },
): number[] {
  let factors = [1];
  output.forEach((extent, axis) => {
    const along = Array.from({ length: extent }, (_, position) => {
      const start = position * stride[axis]! - padding[axis]![0];
      const inside = Math.min(start + window[axis]!, input[axis]!) - Math.max(start, 0);
      return window[axis]! / inside;
    });
    factors = factors.flatMap((left) => along.map((right) => left * right));
  });
  return factors;
}
