import { ArgumentError, type Shape, sizeOf } from '@delira/core';

/** Smallest weight: a voxel that only corners of windows cover still counts. */
const LEAST = 1e-3;

export interface ImportanceOptions {
  /** `'constant'`: every voxel of a window counts alike; `'gaussian'`: less towards its edges. Default `'constant'`. */
  readonly weighting?: 'constant' | 'gaussian';
  /** Standard deviation of the Gaussian as a share of the window's size: one number, or one per axis. Default 0.125. */
  readonly sigmaScale?: number | readonly number[];
}

/**
 * How much each voxel of a window counts where windows overlap, row-major. The Gaussian is 1 in the window's middle and at least 0.001.
 * Equal to MONAI's `compute_importance_map`.
 *
 * @throws ArgumentError for a sigmaScale that is not positive.
 */
export function importanceMap(window: Shape, options: ImportanceOptions = {}): Float32Array<ArrayBuffer> {
  const { weighting = 'constant', sigmaScale = 0.125 } = options;
  if (weighting === 'constant') return new Float32Array(sizeOf(window)).fill(1);
  const scales = typeof sigmaScale === 'number' ? window.map(() => sigmaScale) : sigmaScale;
  if (scales.length !== window.length || scales.some((scale) => !(scale > 0)))
    throw new ArgumentError(
      `sigmaScale must be greater than 0, one number or one per axis; got ${JSON.stringify(sigmaScale)} for ${window.length} axes.`,
    );
  let map = [1];
  window.forEach((size, axis) => {
    const sigma = size * scales[axis]!;
    const line = Array.from({ length: size }, (_, index) =>
      Math.exp((index - (size - 1) / 2) ** 2 / (-2 * sigma ** 2)),
    );
    map = map.flatMap((weight) => line.map((factor) => weight * factor));
  });
  return Float32Array.from(map, (weight) => Math.max(weight, LEAST));
}
