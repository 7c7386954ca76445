import { type NDArray, type Shape } from '@delira/core';
import { IDENTITY_DIRECTION, type Interpolation, resampleToImage, type Vector3, volume } from '@delira/imaging';
import { readFloat } from '../entries/replaceEntries.js';
import type { AxisTable } from './gather.js';
import { resizeCubic } from './resizeCubic.js';

/**
 * What stays in its place: the outer edges (`'edges'`, as scikit-image, batchgenerators and PyTorch's `align_corners=False`) or the centres of the
 * outermost voxels (`'centres'`, as `scipy.ndimage.zoom` and `align_corners=True`).
 */
export type Alignment = 'edges' | 'centres';

export interface ResizeChannelsOptions {
  readonly interpolation: Interpolation;
  readonly align: Alignment;
  /** What the spline sees beyond the edge: the image mirrored at the outermost voxel, or that voxel again and again. Default `'reflect'`. */
  readonly border?: 'reflect' | 'edge';
  /** Of linear and nearest; cubic is always float32. */
  readonly dtype?: 'float32' | 'float64';
}

/** Resizes each `[...spatial]` of `[C, ...spatial]`. */
export function resizeChannels(array: NDArray, size: Shape, options: ResizeChannelsOptions): NDArray {
  const { interpolation, align, border = 'reflect', dtype = 'float32' } = options;
  const [channels, ...spatial] = array.shape as [number, ...number[]];
  const steps = spatial.map((count, axis) => stepOf(count, size[axis]!, align));
  const starts = steps.map((step) => (align === 'edges' ? step / 2 - 0.5 : 0));
  if (interpolation === 'cubic') {
    const axes = spatial.map((count, axis) => ({
      count,
      newCount: size[axis]!,
      start: starts[axis]!,
      step: steps[axis]!,
    }));
    return {
      dtype: 'float32',
      shape: [channels, ...size],
      data: resizeCubic(readFloat(array), channels, axes, border),
    };
  }
  const flat = spatial.length === 2 ? [1] : [];
  const source = volume({ ...array, shape: [channels, ...flat, ...spatial] });
  // Geometries count x, y, z.
  const vector = (values: readonly number[], depth: number): Vector3 => {
    const [z, y, x] = values.length === 2 ? [depth, ...values] : values;
    return [x!, y!, z!];
  };
  const resized = resampleToImage(
    source,
    { size: vector(size, 1), spacing: vector(steps, 1), origin: vector(starts, 0), direction: IDENTITY_DIRECTION },
    { interpolation, dtype },
  ).array;
  return { ...resized, shape: [channels, ...size] };
}

/** The nearest old voxel of each new one; the upper one at ties. */
export function nearestTable(count: number, newCount: number, align: Alignment): AxisTable {
  const step = stepOf(count, newCount, align);
  return Int32Array.from({ length: newCount }, (_, i) => {
    const index = align === 'edges' ? (i + 0.5) * step - 0.5 : i * step;
    return Math.min(count - 1, Math.floor(index + 0.5));
  });
}

function stepOf(count: number, newCount: number, align: Alignment): number {
  if (align === 'edges') return count / newCount;
  // One voxel has no second centre to be aligned with.
  return count === 1 || newCount === 1 ? 1 : (count - 1) / (newCount - 1);
}
