import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { reachOf, type Windows } from './convolve.js';
import { positionsIn } from './positionsIn.js';

/** Rows a matrix product should have at least: fewer cost as much. */
const ROWS = 32;

/**
 * The transpose of `convolve` in its filter: x [N, ...spatial, C] and y [N, ...extents, O] give [...window, C, O]. Each tap is a matrix
 * product [C, N · positions] · [N · positions, O], all with the same right factor, which engines prepare once.
 */
export function correlateWindows(kernels: Kernels, x: Tensor, y: Tensor, window: Shape, windows: Windows): Tensor {
  const { strides, dilation, padding } = windows;
  const rank = window.length;
  const [samples, channels, outputs] = [x.shape[0]!, x.shape[rank + 1]!, y.shape[rank + 1]!];
  const counts = y.shape.slice(1, rank + 1);
  const columns = samples * sizeOf(counts);
  const right = kernels.reshape(y, [columns, outputs]);
  const padded = kernels.pad(x, [
    [0, 0],
    ...window.map((taps, axis) => {
      const [low] = padding[axis]!;
      const reach = reachOf(taps, { count: counts[axis]!, stride: strides[axis]!, dilation: dilation[axis]! });
      return [low, reach - low - x.shape[axis + 1]!] as const;
    }),
    [0, 0],
  ]);
  // Channels first, so that a tap is a box of each channel; one map for each phase of the strides.
  const phases = new Map<string, Tensor>();
  const phaseOf = (phase: Shape): Tensor => {
    const key = phase.join();
    const held = phases.get(key);
    if (held !== undefined) return held;
    const map = phase.reduce(
      (part, offset, axis) =>
        kernels.subsample(part, axis + 1, offset, strides[axis]!, part.shape[axis + 1]! / strides[axis]!),
      padded,
    );
    const axes = Array.from({ length: rank + 1 }, (_, axis) => axis);
    const moved = kernels.transpose(map, [rank + 1, ...axes]);
    phases.set(key, moved);
    return moved;
  };
  const taps = positionsIn(window).map((tap) => {
    const offsets = tap.map((position, axis) => position * dilation[axis]!);
    const phase = phaseOf(offsets.map((offset, axis) => offset % strides[axis]!));
    const begin = offsets.map((offset, axis) => Math.floor(offset / strides[axis]!));
    const box = kernels.slice(phase, [0, 0, ...begin], [channels, samples, ...counts]);
    return kernels.reshape(box, [channels, columns]);
  });
  const together = Math.max(1, Math.ceil(ROWS / channels));
  const products: Tensor[] = [];
  for (let first = 0; first < taps.length; first += together)
    products.push(kernels.matmul(kernels.concat(taps.slice(first, first + together), 0), right));
  return kernels.reshape(kernels.concat(products, 0), [...window, channels, outputs]);
}
