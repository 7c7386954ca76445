import { ShapeError } from '@delira/core';
import { paddedExtents } from './cubic.js';
import { createCubicKernel, type CubicKernel, type FilterRows } from './cubicKernel.js';
import type { SampleRow } from './sampleRow.js';
import type { LanePasses } from './splineFilter.js';
import type { Extents, WarpRow } from './WarpPlan.js';

/** What a warp works with, in the kernel's memory: until the next one is opened. */
interface CubicWorkspace {
  /** To be filled with where a row's voxels lie, before it is sampled. */
  readonly row: WarpRow;
  /** Padded, of one channel each, to be filled first. */
  readonly coefficients: readonly Float64Array[];
  /** For these coefficients; of an odd number of lanes they change the value after the last as well. */
  readonly passes: LanePasses;
  /** Sixteen coefficients in 2D, sixty-four in 3D. The row's offsets are those of the first of them. */
  readonly sampleRow: SampleRow<Float64Array, Float32Array>;
}

/** Memory never shrinks: what a large volume takes is given back with its kernel. */
const LARGEST_KEPT = 2 ** 26;
const LARGEST = 2 ** 32;
const PAGE = 2 ** 16;
/** For each voxel of a row: three shares, `lower`, and the result. */
const ROW_BYTES = 32;

let kept: CubicKernel | null = null;

/** How many channels are warped together: as many as fit into the memory that is kept, at least one. */
export function channelsAtOnce(source: Extents, width: number): number {
  return Math.max(1, Math.floor((LARGEST_KEPT - ROW_BYTES * width) / channelBytes(source)));
}

/**
 * @param width voxels of a row of the result.
 * @throws ShapeError when one channel takes more than WebAssembly's 4 GiB.
 */
export function openCubic(source: Extents, width: number, channels: number): CubicWorkspace {
  const bytes = ROW_BYTES * width + channels * channelBytes(source);
  if (bytes > LARGEST)
    throw new ShapeError(
      `A cubic spline through ${source.join(' × ')} voxels takes ${(bytes / 2 ** 30).toFixed(1)} GiB. Expected at most 4: crop before, or interpolate linearly.`,
    );
  const { memory, plane, volume, filterAhead, filterBack } = kernelOf(bytes);
  const shares = [0, 1, 2].map(
    (axis) => new Float64Array(memory.buffer, 8 * width * axis, width),
  ) as unknown as WarpRow['shares'];
  const lower = new Int32Array(memory.buffer, 24 * width, width);
  const result = new Float32Array(memory.buffer, 28 * width, width);
  const voxels = channelBytes(source) / 8;
  const coefficients = Array.from(
    { length: channels },
    (_, channel) => new Float64Array(memory.buffer, ROW_BYTES * width + 8 * voxels * channel, voxels),
  );
  const [deep, down, across] = shares.map(({ byteOffset }) => byteOffset) as [number, number, number];
  const [first, last, target] = [lower.byteOffset, result.byteOffset, result.byteOffset];
  const [depth, height, padded] = paddedExtents(source);
  const [stepDown, stepDeep] = [8 * padded, 8 * padded * height];
  const fillResult = depth === 1 ? plane : volume;
  return {
    row: { lower, nearest: new Int32Array(width), shares },
    coefficients,
    passes: { ahead: passOf(filterAhead, 8), back: passOf(filterBack, -8) },
    sampleRow: (values, from, image, to, fill) => {
      fillResult(values.byteOffset + 8 * from, stepDown, stepDeep, first, last, deep, down, across, target, fill);
      image.set(result, to);
    },
  };
}

function passOf(filter: FilterRows, bytes: 8 | -8): LanePasses['ahead'] {
  return ({ byteOffset }, first, last, stride, lanes) => {
    const step = bytes * stride;
    // Pairs of lanes; after a row there is padding.
    filter(byteOffset + 8 * first, byteOffset + 8 * last + step, step, 16 * Math.ceil(lanes / 2));
  };
}

function channelBytes(source: Extents): number {
  return 8 * paddedExtents(source).reduce((product, count) => product * count, 1);
}

function kernelOf(bytes: number): CubicKernel {
  const kernel = bytes > LARGEST_KEPT ? createCubicKernel() : (kept ??= createCubicKernel());
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE));
  return kernel;
}
