import { formatShape, type NDArray, type Shape, ShapeError, sizeOf } from '@delira/core';

export interface SsimOptions {
  /** Difference between the largest and the smallest possible value; default 1. */
  readonly dataRange?: number;
  /** Extent of the Gaussian window, odd; default 11. */
  readonly windowSize?: number;
  /** Standard deviation of the window, in pixels; default 1.5. */
  readonly sigma?: number;
  /** Default 0.01. */
  readonly k1?: number;
  /** Default 0.03. */
  readonly k2?: number;
}

/** The mean similarity of two images `[C, ...spatial]`. */
export function structuralSimilarity(left: NDArray, right: NDArray, options: SsimOptions): number {
  const { dataRange = 1, windowSize = 11, sigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
  const [channels = 0, ...spatial] = left.shape;
  if (spatial.length === 0 || spatial.some((extent) => extent < windowSize))
    throw new ShapeError(
      `A window of ${windowSize} does not fit into images of shape ${formatShape(left.shape)}. Expected [C, ...spatial]; use a smaller windowSize.`,
    );
  const [c1, c2] = [(k1 * dataRange) ** 2, (k2 * dataRange) ** 2];
  const kernel = gaussian(windowSize, sigma);
  const size = sizeOf(spatial);
  let sum = 0;
  let count = 0;
  for (let channel = 0; channel < channels; channel++) {
    const x = Float64Array.from(left.data.subarray(channel * size, (channel + 1) * size));
    const y = Float64Array.from(right.data.subarray(channel * size, (channel + 1) * size));
    const blur = (values: Float64Array): Float64Array => blurred(values, spatial, kernel);
    const product = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, index) => value * b[index]!);
    const [meanX, meanY] = [blur(x), blur(y)];
    const [xx, yy, xy] = [blur(product(x, x)), blur(product(y, y)), blur(product(x, y))];
    for (let i = 0; i < meanX.length; i++) {
      const [mx, my] = [meanX[i]!, meanY[i]!];
      const contrast = (2 * (xy[i]! - mx * my) + c2) / (xx[i]! - mx * mx + yy[i]! - my * my + c2);
      sum += ((2 * mx * my + c1) / (mx * mx + my * my + c1)) * contrast;
    }
    count += meanX.length;
  }
  return sum / count;
}

function gaussian(size: number, sigma: number): readonly number[] {
  const weights = Array.from({ length: size }, (_, index) => Math.exp(-(((index - (size - 1) / 2) / sigma) ** 2) / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Convolved with the kernel along each axis, where it lies inside of the image. */
function blurred(values: Float64Array, shape: Shape, kernel: readonly number[]): Float64Array {
  let extents = [...shape];
  let data = values;
  for (let axis = 0; axis < shape.length; axis++) {
    const inner = sizeOf(extents.slice(axis + 1));
    const extent = extents[axis]!;
    const kept = extent - kernel.length + 1;
    const outer = data.length / inner / extent;
    const next = new Float64Array(outer * kept * inner);
    for (let block = 0; block < outer; block++)
      for (let position = 0; position < kept; position++)
        kernel.forEach((weight, tap) => {
          const from = (block * extent + position + tap) * inner;
          const to = (block * kept + position) * inner;
          for (let i = 0; i < inner; i++) next[to + i]! += weight * data[from + i]!;
        });
    extents = extents.with(axis, kept);
    data = next;
  }
  return data;
}
