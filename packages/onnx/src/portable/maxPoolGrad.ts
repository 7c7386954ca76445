import type { PoolAttrs, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { castTo } from './elementwise.js';

/** Below every float32 that a maximum can be, and finite: not all providers pad with infinities. */
const LOWEST = -3.4028234663852886e38;

/** Positions of a box in row-major order. */
function positions(extents: Shape): readonly Shape[] {
  return extents.reduce<readonly Shape[]>(
    (prefixes, extent) =>
      prefixes.flatMap((prefix) => Array.from({ length: extent }, (_, index) => [...prefix, index])),
    [[]],
  );
}

/** `value` around the spatial axes of x; the two leading axes stay. */
function padSpatial(graph: GraphBuilder, x: OnnxValue, low: Shape, high: Shape, value: number): OnnxValue {
  if ([...low, ...high].every((extent) => extent === 0)) return x;
  const shape = x.shape.map((extent, axis) => (axis < 2 ? extent : extent + low[axis - 2]! + high[axis - 2]!));
  const pads = graph.int64([0, 0, ...low, 0, 0, ...high]);
  return graph.node('Pad', [x, pads, graph.scalar(value)], shape);
}

/** Every `stride`-th element of x from `start` on, `size` of them along each spatial axis. */
function everyNth(graph: GraphBuilder, x: OnnxValue, start: Shape, size: Shape, strides: Shape): OnnxValue {
  const end = start.map((from, axis) => from + (size[axis]! - 1) * strides[axis]! + 1);
  const axes = start.map((_, axis) => axis + 2);
  const inputs = [x, graph.int64(start), graph.int64(end), graph.int64(axes), graph.int64(strides)];
  return graph.node('Slice', inputs, [...x.shape.slice(0, 2), ...size]);
}

/** Interleaves one grid for each position of a stride box: the grid of phase p holds the elements p, p + stride, p + 2 · stride… */
function interleave(graph: GraphBuilder, phases: readonly OnnxValue[], strides: Shape): OnnxValue {
  const [batch, channels, ...cells] = phases[0]!.shape as [number, number, ...number[]];
  if (phases.length === 1) return phases[0]!;
  const rank = cells.length;
  const planes = batch * channels;
  const rows = phases.map((phase) => graph.reshape(phase, [1, planes, ...cells]));
  const stacked = graph.node('Concat', rows, [phases.length, planes, ...cells], { attributes: { axis: 0 } });
  const split = graph.reshape(stacked, [...strides, planes, ...cells]);
  const perm = [rank, ...cells.flatMap((_, axis) => [rank + 1 + axis, axis])];
  return graph.reshape(graph.transpose(split, perm), [
    batch,
    channels,
    ...cells.map((extent, axis) => extent * strides[axis]!),
  ]);
}

/**
 * Tap by tap, in row-major order: where a window's element equals its maximum and no earlier one did, it takes the gradient. The taps that
 * fall on the same position of the stride box add up on one grid, and the grids are interleaved at the end. Standard operators that every
 * provider has; MaxPool's own indices are missing on some.
 */
export const lowerMaxPoolGrad: OnnxLowering<PoolAttrs> = (graph, [x, y, grad], { window, strides, padding }) => {
  const [batch, channels, ...spatial] = x!.shape as [number, number, ...number[]];
  const pooled = y!.shape.slice(2);
  const low = padding.map(([extent]) => extent);
  const reach = pooled.map((extent, axis) => (extent - 1) * strides[axis]! + window[axis]!);
  const missing = reach.map((extent, axis) => Math.max(0, extent - spatial[axis]! - low[axis]!));
  const padded = padSpatial(graph, x!, low, missing, LOWEST);
  const cells = padded.shape.slice(2).map((extent, axis) => Math.ceil(extent / strides[axis]!));

  let free: OnnxValue | null = null;
  const grids = new Map<string, OnnxValue>();
  for (const tap of positions(window)) {
    const element = everyNth(graph, padded, tap, pooled, strides);
    const equal = graph.node('Equal', [element, y!], y!.shape, { dtype: 'bool' });
    const isMaximum = castTo(graph, equal, x!.dtype);
    const takes = free === null ? isMaximum : graph.binary('Mul', isMaximum, free);
    free = graph.binary('Sub', free ?? graph.scalar(1), takes);
    const shift = tap.map((offset, axis) => Math.floor(offset / strides[axis]!));
    const rest = cells.map((extent, axis) => extent - pooled[axis]! - shift[axis]!);
    const placed = padSpatial(graph, graph.binary('Mul', takes, grad!), shift, rest, 0);
    const phase = tap.map((offset, axis) => offset % strides[axis]!).join();
    const known = grids.get(phase);
    grids.set(phase, known === undefined ? placed : graph.binary('Add', known, placed));
  }

  const empty = (): OnnxValue => {
    const shape = [batch, channels, ...cells];
    return graph.node('Expand', [graph.scalar(0), graph.int64(shape)], shape);
  };
  const phases = positions(strides).map((phase) => grids.get(phase.join()) ?? empty());
  const whole = interleave(graph, phases, strides);
  const end = low.map((from, axis) => from + spatial[axis]!);
  return [
    graph.slice(
      whole,
      low,
      end,
      low.map((_, axis) => axis + 2),
    ),
  ];
};
