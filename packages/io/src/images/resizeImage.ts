import { ArgumentError, formatShape, type NDArray, ShapeError } from '@delira/core';

/**
 * Resizes `[channels, height, width]` as scikit-image's `resize` does for bilinear interpolation: where the image shrinks it is blurred first
 * (Gaussian, sigma `(old / new - 1) / 2`), the outer edges stay aligned, and beyond them the image is mirrored.
 *
 * @returns float32.
 * @throws ShapeError for other ranks. @throws ArgumentError when the size is not two positive whole numbers.
 */
export function resizeImage(image: NDArray, size: readonly [height: number, width: number]): NDArray<'float32'> {
  if (image.shape.length !== 3)
    throw new ShapeError(`An image to resize is [channels, height, width], got ${formatShape(image.shape)}.`);
  if (!size.every((extent) => Number.isSafeInteger(extent) && extent >= 1))
    throw new ArgumentError(`A size is two positive whole numbers (height, width), got [${size.join(', ')}].`);
  const [channels, height, width] = image.shape as [number, number, number];
  const rows = mixing(height, size[0]);
  const columns = mixing(width, size[1]);
  const data = new Float32Array(channels * size[0] * size[1]);
  const between = new Float64Array(height * size[1]);
  for (let channel = 0; channel < channels; channel++) {
    const base = channel * height * width;
    for (let x = 0; x < size[1]; x++) {
      const { from, weights } = columns[x]!;
      for (let y = 0; y < height; y++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++)
          sum += weights[tap]! * image.data[base + y * width + from[tap]!]!;
        between[y * size[1] + x] = sum;
      }
    }
    for (let y = 0; y < size[0]; y++) {
      const { from, weights } = rows[y]!;
      const target = (channel * size[0] + y) * size[1];
      for (let x = 0; x < size[1]; x++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * between[from[tap]! * size[1] + x]!;
        data[target + x] = sum;
      }
    }
  }
  return { dtype: 'float32', shape: [channels, ...size], data };
}

/** Which elements of an axis, and how much of each, make one of the new axis: blur and interpolation in one. */
interface Mix {
  readonly from: Int32Array;
  readonly weights: Float64Array;
}

function mixing(before: number, after: number): readonly Mix[] {
  const scale = before / after;
  const kernel = gaussian(Math.max(0, (scale - 1) / 2));
  const radius = (kernel.length - 1) / 2;
  return Array.from({ length: after }, (_, place) => {
    const centre = (place + 0.5) * scale - 0.5;
    const floor = Math.floor(centre);
    const share = centre - floor;
    // The blurred values at floor and floor + 1 are sums over neighbouring elements.
    const weights = new Float64Array(kernel.length + 1);
    for (let tap = 0; tap < kernel.length; tap++) {
      weights[tap]! += kernel[tap]! * (1 - share);
      weights[tap + 1]! += kernel[tap]! * share;
    }
    return { from: Int32Array.from(weights, (_, tap) => mirror(floor - radius + tap, before)), weights };
  });
}

/** Cut off at four sigma, as SciPy does. */
function gaussian(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const values = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    sigma === 0 ? 1 : Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Reflects an index at the outermost elements, as often as it takes. */
function mirror(index: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const rest = ((index % period) + period) % period;
  return rest < count ? rest : period - rest;
}
