import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { convolve, type Windows } from './convolve.js';
import { positionsIn } from './positionsIn.js';
import { scatterWindows } from './scatterWindows.js';
import { sideBySide } from './sideBySide.js';

export interface TransposedWindows extends Windows {
  /** Extents of the result. */
  readonly spatial: Shape;
}

/** One axis of one phase: which taps of the filter it takes, and the padding of its convolution. */
interface AxisPhase {
  readonly first: number;
  readonly taps: number;
  readonly padding: readonly [number, number];
}

/**
 * The transpose of `convolve`: y [N, ...extents, O] and a filter [...window, C, O] give [N, ...spatial, C]. Element s · q + p of the
 * result takes the taps p, p + s, p + 2s… of the filter, so that each phase p is a convolution without stride over q; the phases are then
 * put side by side. With a stride as large as the filter that is one matrix product. Where positions are few, `scatterWindows` is faster.
 */
export function convolveTransposed(kernels: Kernels, y: Tensor, filter: Tensor, windows: TransposedWindows): Tensor {
  if (y.size / y.shape.at(-1)! < y.shape.at(-1)!) return scatterWindows(kernels, y, filter, windows);
  const spread = spreadOut(kernels, y, windows);
  if (spread !== null) return convolveTransposed(kernels, spread.y, filter, spread.windows);
  const { strides, dilation, padding, spatial } = windows;
  const rank = strides.length;
  const window = filter.shape.slice(0, rank);
  const [channels, outputs] = filter.shape.slice(rank) as [number, number];
  const [samples, ...extents] = y.shape.slice(0, rank + 1) as [number, ...number[]];
  // Blocks of `stride` elements in front of the first and up to the last that is kept.
  const from = strides.map((stride, axis) => Math.floor(padding[axis]![0] / stride));
  const blocks = strides.map(
    (stride, axis) => Math.floor((padding[axis]![0] + spatial[axis]! - 1) / stride) + 1 - from[axis]!,
  );
  const side = sizeOf(strides);
  let phases: Tensor;
  if (
    strides.every((stride, axis) => stride === window[axis] && dilation[axis] === 1 && from[axis] === 0) &&
    blocks.every((count, axis) => count === extents[axis])
  ) {
    const weights = kernels.transpose(kernels.reshape(filter, [side * channels, outputs]), [1, 0]);
    phases = kernels.matmul(kernels.reshape(y, [y.size / outputs, outputs]), weights);
  } else {
    const reversed = kernels.reversed(kernels.reshape(filter, [sizeOf(window), channels, outputs]));
    const backwards = kernels.reshape(kernels.transpose(reversed, [0, 2, 1]), [...window, outputs, channels]);
    const maps = positionsIn(strides).map((phase) => {
      const axes = phase.map((p, axis): AxisPhase => {
        const taps = Math.max(0, Math.ceil((window[axis]! - p) / strides[axis]!));
        const reach = (taps - 1) * dilation[axis]!;
        const low = reach - from[axis]!;
        return { first: p, taps, padding: [low, blocks[axis]! - extents[axis]! + reach - low] };
      });
      if (axes.some(({ taps }) => taps === 0)) return kernels.fill([samples, ...blocks, channels], 0);
      const part = phaseFilter(kernels, backwards, axes, strides);
      return convolve(kernels, y, part, {
        strides: strides.map(() => 1),
        dilation,
        padding: axes.map((axis) => axis.padding),
      });
    });
    phases = kernels.concat(maps, rank + 1);
  }
  const whole = sideBySide(kernels, phases, { samples, blocks, strides, channels });
  const start = padding.map(([low], axis) => low - from[axis]! * strides[axis]!);
  return kernels.pad(whole, [
    [0, 0],
    ...start.map((low, axis) => [-low, spatial[axis]! + low - blocks[axis]! * strides[axis]!] as const),
    [0, 0],
  ]);
}

/** Axes with stride and dilation: zeros between the elements of y make them axes without stride. Null when there is none. */
function spreadOut(
  kernels: Kernels,
  y: Tensor,
  windows: TransposedWindows,
): { readonly y: Tensor; readonly windows: TransposedWindows } | null {
  const { strides, dilation } = windows;
  const axis = strides.findIndex((stride, index) => stride > 1 && dilation[index]! > 1);
  if (axis < 0) return null;
  const stride = strides[axis]!;
  const blocks = [sizeOf(y.shape.slice(0, axis + 2)), 1, sizeOf(y.shape.slice(axis + 2))];
  const padded = kernels.pad(kernels.reshape(y, blocks), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const shape = y.shape.map((extent, index) => (index === axis + 1 ? extent * stride : extent));
  return {
    y: kernels.reshape(padded, shape),
    windows: { ...windows, strides: strides.map((other, index) => (index === axis ? 1 : other)) },
  };
}

/** Every taps `first`, `first + stride`… of a filter that is stored backwards. */
function phaseFilter(kernels: Kernels, backwards: Tensor, axes: readonly AxisPhase[], strides: Shape): Tensor {
  return axes.reduce((filter, { first, taps }, axis) => {
    const stride = strides[axis]!;
    if (stride === 1) return filter;
    // The last tap of the phase stands first; room is made so that whole blocks follow it.
    const begin = filter.shape[axis]! - 1 - (first + (taps - 1) * stride);
    const padding = filter.shape.map((extent, index) =>
      index === axis ? ([-begin, taps * stride - (extent - begin)] as const) : ([0, 0] as const),
    );
    return kernels.subsample(kernels.pad(filter, padding), axis, 0, stride, taps);
  }, backwards);
}
