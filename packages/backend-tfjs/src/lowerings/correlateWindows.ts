import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { reachOf, type Windows } from './convolve.js';
import { positionsIn } from './positionsIn.js';

/** Rows a matrix product should have at least: fewer cost as much. */
const ROWS = 8;

/** Extra positions, as a share, that a product may have so that its left factors can be cut out in long runs. */
const WASTE = 0.3;

/**
 * The transpose of `convolve` in its filter: x [N, ...spatial, C] and y [N, ...extents, O] give [...window, C, O]. Each tap is a matrix
 * product [C, N · positions] · [N · positions, O], all with the same right factor, which engines prepare once.
 */
export function correlateWindows(kernels: Kernels, x: Tensor, y: Tensor, window: Shape, windows: Windows): Tensor {
  const { strides, dilation, padding } = windows;
  const rank = window.length;
  const [samples, channels, outputs] = [x.shape[0]!, x.shape[rank + 1]!, y.shape[rank + 1]!];
  const counts = y.shape.slice(1, rank + 1);
  const reaches = window.map((taps, axis) =>
    reachOf(taps, { count: counts[axis]!, stride: strides[axis]!, dilation: dilation[axis]! }),
  );
  const padded = kernels.pad(x, [
    [0, 0],
    ...reaches.map((reach, axis) => [padding[axis]![0], reach - padding[axis]![0] - x.shape[axis + 1]!] as const),
    [0, 0],
  ]);
  const grid = reaches.map((reach, axis) => reach / strides[axis]!);
  const inRuns = sizeOf(grid) <= (1 + WASTE) * sizeOf(counts);
  const phaseOf = phases(kernels, padded, strides, grid, (map) => (inRuns ? channelsFirst(kernels, map) : map));
  const taps = positionsIn(window).map((tap) => {
    const offsets = tap.map((position, axis) => position * dilation[axis]!);
    const phase = phaseOf(offsets.map((offset, axis) => offset % strides[axis]!));
    return { phase, begin: offsets.map((offset, axis) => Math.floor(offset / strides[axis]!)) };
  });
  const { left, right } = inRuns
    ? runs(kernels, y, { samples, grid, counts, begins: taps.map(({ begin }) => begin) })
    : boxes(kernels, y, { samples, counts });
  const together = Math.max(1, Math.ceil(ROWS / channels));
  const products: Tensor[] = [];
  for (let first = 0; first < taps.length; first += together) {
    const factors = taps.slice(first, first + together).map(({ phase, begin }) => left(phase, begin));
    products.push(kernels.matmul(kernels.concat(factors, 0), right));
  }
  return kernels.reshape(kernels.concat(products, 0), [...window, channels, outputs]);
}

/** The map of each phase of the strides, made when first asked for. */
function phases(
  kernels: Kernels,
  padded: Tensor,
  strides: Shape,
  grid: Shape,
  finish: (map: Tensor) => Tensor,
): (phase: Shape) => Tensor {
  const held = new Map<string, Tensor>();
  return (phase) => {
    const key = phase.join();
    const map =
      held.get(key) ??
      finish(
        phase.reduce(
          (part, offset, axis) => kernels.subsample(part, axis + 1, offset, strides[axis]!, grid[axis]!),
          padded,
        ),
      );
    held.set(key, map);
    return map;
  };
}

/** [N, ...spatial, C] as [C, N · spatial] */
function channelsFirst(kernels: Kernels, map: Tensor): Tensor {
  const channels = map.shape.at(-1)!;
  const axes = Array.from({ length: map.rank - 1 }, (_, axis) => axis);
  return kernels.reshape(kernels.transpose(map, [map.rank - 1, ...axes]), [channels, map.size / channels]);
}

interface Factors {
  readonly left: (phase: Tensor, begin: Shape) => Tensor;
  readonly right: Tensor;
}

/**
 * Positions counted on the grid of the padded map, so that a tap is the same run of every channel, a little further on. The right factor is
 * zero between.
 */
function runs(
  kernels: Kernels,
  y: Tensor,
  {
    samples,
    grid,
    counts,
    begins,
  }: { readonly samples: number; readonly grid: Shape; readonly counts: Shape; readonly begins: readonly Shape[] },
): Factors {
  const offset = (begin: Shape): number => begin.reduce((sum, position, axis) => sum * grid[axis]! + position, 0);
  const length = samples * sizeOf(grid) - Math.max(...begins.map(offset));
  const outputs = y.shape.at(-1)!;
  const spread = kernels.pad(y, [[0, 0], ...grid.map((extent, axis) => [0, extent - counts[axis]!] as const), [0, 0]]);
  const rows = kernels.reshape(spread, [samples * sizeOf(grid), outputs]);
  return {
    left: (phase, begin) => kernels.slice(phase, [0, offset(begin)], [phase.shape[0]!, length]),
    right: kernels.slice(rows, [0, 0], [length, outputs]),
  };
}

/** Only the positions there are, for small maps. */
function boxes(
  kernels: Kernels,
  y: Tensor,
  { samples, counts }: { readonly samples: number; readonly counts: Shape },
): Factors {
  const outputs = y.shape.at(-1)!;
  return {
    left: (phase, begin) => {
      const channels = phase.shape.at(-1)!;
      const box = kernels.slice(phase, [0, ...begin, 0], [samples, ...counts, channels]);
      return kernels.transpose(kernels.reshape(box, [box.size / channels, channels]), [1, 0]);
    },
    right: kernels.reshape(y, [y.size / outputs, outputs]),
  };
}
