import { type Primitives, type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { reverseLastAxis, windowAttributes } from './window.js';

/** One spatial axis: blocks of `stride` output elements each, from which the output is cut. */
interface Axis {
  readonly stride: number;
  /** Taps of each phase. */
  readonly taps: number;
  readonly padding: readonly [number, number];
  /** Where the output begins in the first block. */
  readonly offset: number;
}

function axisOf(extent: number, kernel: number, stride: number, low: number, spatial: number): Axis {
  const taps = Math.ceil(kernel / stride);
  const first = Math.floor(low / stride);
  const last = Math.floor((low + spatial - 1) / stride);
  const padding = [taps - 1 - first, last - extent + 1] as const;
  return { stride, taps, padding, offset: low - first * stride };
}

/** kernel [O, C, ...window] as one stride-1 kernel for all phases, [C · phases, O, ...taps], reversed. */
function phaseKernel(graph: GraphBuilder, kernel: OnnxValue, axes: readonly Axis[]): OnnxValue {
  const [outputs, channels, ...window] = kernel.shape as [number, number, ...number[]];
  const padded = axes.map(({ taps, stride }) => taps * stride);
  const missing = padded.map((extent, axis) => extent - window[axis]!);
  const zeros = [0, 0, ...window.map(() => 0)];
  const full = missing.every((extent) => extent === 0)
    ? kernel
    : graph.node('Pad', [kernel, graph.int64([...zeros, 0, 0, ...missing])], [outputs, channels, ...padded]);
  const split = graph.reshape(full, [outputs, channels, ...axes.flatMap(({ taps, stride }) => [taps, stride])]);
  const tapAxes = axes.map((_, axis) => 2 + 2 * axis);
  const ordered = graph.transpose(split, [1, ...tapAxes.map((axis) => axis + 1), 0, ...tapAxes]);
  const taps = axes.map((axis) => axis.taps);
  const rows = channels * sizeOf(axes.map(({ stride }) => stride));
  const reversed = reverseLastAxis(graph, graph.reshape(ordered, [rows * outputs, sizeOf(taps)]));
  return graph.reshape(reversed, [rows, outputs, ...taps]);
}

/** True where `phasedConvTranspose` applies. */
export function hasPhases({ strides, padding, dilation, groups }: Primitives['convTranspose'], window: Shape): boolean {
  return (
    groups === 1 &&
    dilation.every((extent) => extent === 1) &&
    padding.every(([low], axis) => low < Math.ceil(window[axis]! / strides[axis]!) * strides[axis]!)
  );
}

/**
 * A transposed convolution with strides as one of stride 1: output element s · q + p takes the taps p, p + s, p + 2s… of the kernel, so
 * each phase p is a convolution of its own over q. All phases are channels of one convolution and are then put side by side. Where
 * kernel and stride are equal this is a matrix product and a transpose.
 */
export function phasedConvTranspose(
  graph: GraphBuilder,
  y: OnnxValue,
  kernel: OnnxValue,
  { strides, padding, spatial }: Primitives['convTranspose'],
): OnnxValue {
  const [batch, , ...extents] = y.shape as [number, number, ...number[]];
  const channels = kernel.shape[1]!;
  const axes = extents.map((extent, axis) =>
    axisOf(extent, kernel.shape[axis + 2]!, strides[axis]!, padding[axis]![0], spatial[axis]!),
  );
  const phases = axes.map(({ stride }) => stride);
  // Where the output ends before the last window's block, the padding is negative: those blocks are computed and cut off.
  const pads = axes.map(({ padding: [low, high] }) => [low, Math.max(0, high)] as const);
  const computed = extents.map((extent, axis) => extent + pads[axis]![0] + pads[axis]![1] - axes[axis]!.taps + 1);
  const stacked = graph.node(
    'Conv',
    [y, phaseKernel(graph, kernel, axes)],
    [batch, channels * sizeOf(phases), ...computed],
    {
      attributes: windowAttributes({
        kernel: axes.map(({ taps }) => taps),
        strides: extents.map(() => 1),
        dilation: extents.map(() => 1),
        padding: pads,
      }),
    },
  );
  const rank = extents.length;
  const split = graph.reshape(stacked, [batch, channels, ...phases, ...computed]);
  const sideBySide = graph.transpose(split, [0, 1, ...extents.flatMap((_, axis) => [2 + rank + axis, 2 + axis])]);
  const whole = graph.reshape(sideBySide, [batch, channels, ...computed.map((count, axis) => count * phases[axis]!)]);
  return graph.slice(
    whole,
    axes.map(({ offset }) => offset),
    axes.map(({ offset }, axis) => offset + spatial[axis]!),
    extents.map((_, axis) => axis + 2),
  );
}
