import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kernels } from '../engines/Kernels.js';
import { reachOf } from './convolve.js';
import { positionsIn } from './positionsIn.js';
import { sideBySide } from './sideBySide.js';

type Padding = readonly [low: number, high: number];

export interface Window2d {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [Padding, Padding];
}

/**
 * The gradient of 2D pooling, for engines without a right one: x [N, H, W, C], y = max of its windows and the gradient of y give that of x.
 * Tap by tap in row-major order, a window's gradient goes to the first element equal to its maximum.
 */
export function firstMaximum(
  kernels: Kernels,
  x: Tensor,
  y: Tensor,
  grad: Tensor,
  { window, strides, padding }: Window2d,
): Tensor {
  const [samples, , , channels] = x.shape as [number, number, number, number];
  const counts = y.shape.slice(1, 3);
  const blocks = window.map((taps, axis) => {
    const stride = strides[axis]!;
    return Math.max(1, reachOf(taps, { count: counts[axis]!, stride, dilation: 1 }) / stride);
  });
  const around = blocks.map((count, axis) => {
    const [low] = padding[axis]!;
    return [low, count * strides[axis]! - low - x.shape[axis + 1]!] as const;
  });
  // Not NaN, which would equal nothing: tfjs's wasm would then pad with NaN wherever it is asked for anything else.
  const padded = kernels.pad(x, [[0, 0], ...around, [0, 0]], -Infinity);
  const phases = new Map<string, Tensor>();
  let rest = grad;
  for (const [row, column] of positionsIn(window) as readonly (readonly [number, number])[]) {
    const lines = kernels.subsample(padded, 1, row, strides[0], counts[0]!);
    const tap = kernels.subsample(lines, 2, column, strides[1], counts[1]!);
    const later = kernels.mul(rest, below(kernels, tap, y));
    const part = kernels.sub(rest, later);
    rest = later;
    const [q, r] = [Math.floor(row / strides[0]), Math.floor(column / strides[1])];
    const placed = kernels.pad(part, [
      [0, 0],
      [q, blocks[0]! - q - counts[0]!],
      [r, blocks[1]! - r - counts[1]!],
      [0, 0],
    ]);
    const key = [row % strides[0], column % strides[1]].join();
    const sum = phases.get(key);
    phases.set(key, sum === undefined ? placed : kernels.add(sum, placed));
  }
  const shape = [samples, ...blocks, channels];
  const maps = positionsIn(strides).map((phase) => phases.get(phase.join()) ?? kernels.fill(shape, 0));
  const whole = sideBySide(kernels, kernels.concat(maps, 3), { samples, blocks, strides, channels });
  return kernels.pad(whole, [[0, 0], ...around.map(([low, high]) => [-low, -high] as const), [0, 0]]);
}

/** 1 where x is less than y, which it never exceeds, else 0. */
function below(kernels: Kernels, x: Tensor, y: Tensor): Tensor {
  const { xnnpack, clipDropsNan } = kernels.traits;
  if (!xnnpack || !clipDropsNan) return kernels.cast(kernels.binary('Less', x, y), 'float32');
  // The difference of equal infinities is NaN, which clipping makes 0.
  const difference = kernels.run('ClipByValue', { x: kernels.sub(y, x) }, { clipValueMin: 0, clipValueMax: 1 });
  return kernels.run('Step', { x: difference }, { alpha: 0 });
}
