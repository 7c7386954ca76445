import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { reachOf } from './convolve.js';
import type { TransposedWindows } from './convolveTransposed.js';
import { positionsIn } from './positionsIn.js';

/**
 * The transpose of `convolve`, where a large filter meets few positions: one matrix product [window · C, O] · [O, N · positions] with the
 * filter as it is, and each tap's part of it added where it belongs. Engines would take longer to rearrange the filter.
 */
export function scatterWindows(kernels: Kernels, y: Tensor, filter: Tensor, windows: TransposedWindows): Tensor {
  const { strides, dilation, padding, spatial } = windows;
  const rank = strides.length;
  const window = filter.shape.slice(0, rank);
  const [channels, outputs] = filter.shape.slice(rank) as [number, number];
  const [samples, ...counts] = y.shape.slice(0, rank + 1) as [number, ...number[]];
  const columns = samples * sizeOf(counts);
  const right = kernels.transpose(kernels.reshape(y, [columns, outputs]), [1, 0]);
  const parts = kernels.matmul(kernels.reshape(filter, [sizeOf(window) * channels, outputs]), right);
  const extents = window.map((taps, axis) =>
    reachOf(taps, { count: counts[axis]!, stride: strides[axis]!, dilation: dilation[axis]! }),
  );
  let whole: Tensor | null = null;
  positionsIn(window).forEach((tap, index) => {
    const part = kernels.slice(parts, [index * channels, 0], [channels, columns]);
    const placed = tap.reduce<Tensor>(
      (map, position, axis) =>
        place(kernels, map, axis + 2, position * dilation[axis]!, strides[axis]!, extents[axis]!),
      kernels.reshape(part, [channels, samples, ...counts]),
    );
    whole = whole === null ? placed : kernels.add(whole, placed);
  });
  const cut = kernels.pad(whole!, [
    [0, 0],
    [0, 0],
    ...padding.map(([low], axis) => [-low, spatial[axis]! + low - extents[axis]!] as const),
  ]);
  return kernels.transpose(cut, [...Array.from({ length: rank + 1 }, (_, axis) => axis + 1), 0]);
}

/** Element i of an axis becomes element `offset + i · stride` of `extent`, zeros between. */
function place(kernels: Kernels, x: Tensor, axis: number, offset: number, stride: number, extent: number): Tensor {
  const count = x.shape[axis]!;
  const around = (low: number, high: number) =>
    [
      [0, 0],
      [low, high],
      [0, 0],
    ] as const;
  const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const spread = stride === 1 ? x : kernels.pad(kernels.reshape(x, [outer * count, 1, inner]), around(0, stride - 1));
  const placed = kernels.pad(
    kernels.reshape(spread, [outer, count * stride, inner]),
    around(offset, extent - offset - count * stride),
  );
  return kernels.reshape(
    placed,
    x.shape.map((other, index) => (index === axis ? extent : other)),
  );
}
