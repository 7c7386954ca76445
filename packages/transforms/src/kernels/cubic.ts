import { splineCoefficients } from '@delira/imaging';
import { windowTable } from './axisTables.js';
import { gather } from './gather.js';
import type { SampleRow } from './sampleRow.js';
import type { Extents } from './WarpPlan.js';

/** Coefficients before and after an axis, so that the four around any index are there. */
const BEFORE = 1;
const AFTER = 2;

/** Of the coefficients of one channel; the depth of a 2D image has no neighbours. */
export function paddedExtents([depth, height, width]: Extents): Extents {
  const more = BEFORE + AFTER;
  return [depth === 1 ? 1 : depth + more, height + more, width + more];
}

/** The cubic B-splines through the voxels of each channel, mirrored at the outermost voxels. */
export function paddedCoefficients(values: Float32Array, extents: Extents): Float32Array {
  const [depth, height, width] = extents;
  const voxels = depth * height * width;
  const channels = values.length / voxels;
  const coefficients = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += voxels) {
    const channel = values.subarray(from, from + voxels);
    coefficients.set(splineCoefficients({ values: channel, size: [width, height, depth] }), from);
  }
  const tables = extents.map((count, axis) =>
    axis === 0 && count === 1 ? windowTable(1, 0, 1) : windowTable(count, -BEFORE, count + BEFORE + AFTER, 'reflect'),
  );
  const array = { dtype: 'float32', shape: [channels, ...extents], data: coefficients } as const;
  return gather(array, tables, 0).data as Float32Array;
}

/** Sixteen coefficients in 2D, sixty-four in 3D. */
export function sampleCubic(source: Extents): SampleRow {
  const [depth, height, width] = source;
  const [, paddedHeight, paddedWidth] = paddedExtents(source);
  const slices = depth === 1 ? 1 : 4;
  const across = new Float64Array(4);
  const down = new Float64Array(4);
  const deep = new Float64Array([1, 0, 0, 0]);
  return ({ source: values, from, target, to, fill }, { lower, shares }) => {
    for (let i = 0; i < lower.length; i++) {
      const voxel = lower[i]!;
      if (voxel < 0) {
        target[to + i] = fill;
        continue;
      }
      const left = voxel % width;
      const top = ((voxel / width) | 0) % height;
      const front = (voxel / (width * height)) | 0;
      if (slices === 4) weigh(shares[0][i]!, deep);
      weigh(shares[1][i]!, down);
      weigh(shares[2][i]!, across);
      // An index of the padded coefficients is one more, and the first of four is one less.
      let at = from + (front * paddedHeight + top) * paddedWidth + left;
      let sum = 0;
      for (let c = 0; c < slices; c++, at += (paddedHeight - 4) * paddedWidth) {
        let plane = 0;
        for (let b = 0; b < 4; b++, at += paddedWidth)
          plane +=
            down[b]! *
            (across[0]! * values[at]! +
              across[1]! * values[at + 1]! +
              across[2]! * values[at + 2]! +
              across[3]! * values[at + 3]!);
        sum += deep[c]! * plane;
      }
      target[to + i] = sum;
    }
  };
}

/** The weights of a cubic B-spline this far behind the second of four coefficients. */
function weigh(t: number, weights: Float64Array): void {
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[3] = (t * t * t) / 6;
  weights[1] = 2 / 3 - (t * t * (2 - t)) / 2;
  weights[2] = 1 - weights[0] - weights[1] - weights[3];
}
