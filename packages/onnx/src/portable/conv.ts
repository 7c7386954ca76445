import { type ConvAttrs, type Primitives, type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { hasPhases, phasedConvTranspose } from './phasedConvTranspose.js';
import { convWholeMap, coversMap, kernelGradWholeMap, transposeWholeMap } from './wholeMap.js';
import { reverseLastAxis, windowAttributes } from './window.js';

const ones = (rank: number): Shape => new Array<number>(rank).fill(1);

export const lowerConv: OnnxLowering<ConvAttrs> = (graph, [x, kernel], attrs, out) => {
  const { strides, padding, dilation, groups } = attrs;
  const { shape } = out[0]!;
  const window = kernel!.shape.slice(2);
  if (coversMap(x!.shape.slice(2), window, attrs)) return [convWholeMap(graph, x!, kernel!, shape)];
  const attributes = windowAttributes({ kernel: window, strides, dilation, padding, groups });
  return [graph.node('Conv', [x!, kernel!], shape, { attributes })];
};

/** kernel [O, C, ...window] as [C, O, ...window] with every window axis reversed: their product reversed. */
function flippedKernel(graph: GraphBuilder, kernel: OnnxValue): OnnxValue {
  const [outputs, channels, ...window] = kernel.shape as [number, number, ...number[]];
  const swapped = graph.transpose(kernel, [1, 0, ...window.map((_, axis) => axis + 2)]);
  const rows = graph.reshape(swapped, [channels * outputs, sizeOf(window)]);
  return graph.reshape(reverseLastAxis(graph, rows), [channels, outputs, ...window]);
}

/**
 * At stride 1 a convolution with the flipped kernel, which engines run faster than ConvTranspose (3D: 21 ms against 612). With strides
 * the engine's ConvTranspose, except in 3D, where phases are about twice as fast and which not every provider has.
 */
export const lowerConvTranspose: OnnxLowering<Primitives['convTranspose']> = (graph, [y, kernel], attrs, out) => {
  const { strides, padding, dilation, groups, spatial } = attrs;
  const window = kernel!.shape.slice(2);
  if (coversMap(spatial, window, attrs)) return [transposeWholeMap(graph, y!, kernel!, out[0]!.shape)];
  const reach = window.map((extent, axis) => dilation[axis]! * (extent - 1));
  const flippedPadding = padding.map(([low, high], axis) => [reach[axis]! - low, reach[axis]! - high] as const);
  if (
    groups === 1 &&
    strides.every((stride) => stride === 1) &&
    flippedPadding.every(([low, high]) => low >= 0 && high >= 0)
  ) {
    const attributes = windowAttributes({ kernel: window, strides, dilation, padding: flippedPadding });
    return [graph.node('Conv', [y!, flippedKernel(graph, kernel!)], out[0]!.shape, { attributes })];
  }
  if (window.length === 3 && hasPhases(attrs, window)) return [phasedConvTranspose(graph, y!, kernel!, attrs)];
  const outputPadding = spatial.map((extent, axis) => {
    const [low, high] = padding[axis]!;
    return extent - ((y!.shape[axis + 2]! - 1) * strides[axis]! + reach[axis]! + 1 - low - high);
  });
  const attributes = {
    ...windowAttributes({ kernel: window, strides, dilation, padding, groups }),
    output_padding: outputPadding,
  };
  return [graph.node('ConvTranspose', [y!, kernel!], out[0]!.shape, { attributes })];
};

/** High padding that makes a window of extent `kernel` (dilated by `stride`, moved by `dilation`) give exactly the kernel's extent. */
function endPadding(
  x: OnnxValue,
  y: OnnxValue,
  { kernel, strides, padding, dilation }: Primitives['convKernelGrad'],
): number[] {
  return kernel.map(
    (extent, axis) =>
      dilation[axis]! * (extent - 1) +
      strides[axis]! * (y.shape[axis + 2]! - 1) +
      1 -
      x.shape[axis + 2]! -
      padding[axis]![0],
  );
}

/**
 * Without dilation and groups: one convolution in which the batch takes the place of the channels and the channels ride along the last
 * spatial axis. x is viewed as [1, N, ..., W · C], dy [O, N, ...] is the kernel, dilated by (stride, …, stride · C); the result is
 * the gradient as [O, ...kernel, C].
 */
function channelsLastKernelGrad(
  graph: GraphBuilder,
  x: OnnxValue,
  y: OnnxValue,
  attrs: Primitives['convKernelGrad'],
): OnnxValue {
  const { kernel, strides, padding } = attrs;
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const rank = spatial.length;
  const axes = Array.from({ length: rank }, (_, axis) => axis + 2);
  const isLast = (axis: number): boolean => axis === rank - 1;
  const wide = (extent: number, axis: number): number => (isLast(axis) ? extent * channels : extent);
  const image = graph.reshape(graph.transpose(x, [0, ...axes, 1]), [1, batch, ...spatial.map(wide)]);
  const filter = graph.transpose(y, [1, 0, ...axes]);
  const end = endPadding(x, y, attrs);
  // A stride that leaves an edge of x unused makes the end padding negative: the extra taps are cut off below.
  const taps = kernel.map((extent, axis) => extent + Math.max(0, -end[axis]!));
  const result = graph.node('Conv', [image, filter], [1, y.shape[1]!, ...taps.map(wide)], {
    attributes: windowAttributes({
      kernel: y.shape.slice(2),
      strides: ones(rank),
      dilation: strides.map(wide),
      padding: padding.map(([low], axis) => [wide(low, axis), wide(Math.max(0, end[axis]!), axis)] as const),
    }),
  });
  const split = graph.reshape(result, [y.shape[1]!, ...taps, channels]);
  const cut = graph.slice(
    split,
    kernel.map(() => 0),
    kernel,
    kernel.map((_, axis) => axis + 1),
  );
  return graph.transpose(cut, [0, rank + 1, ...kernel.map((_, axis) => axis + 1)]);
}

/**
 * The general case: batch and channels trade places, per group. x as [C / groups, groups · N, ...], dy as [O, N, ...] give
 * [C / groups, O, ...kernel].
 */
function groupedKernelGrad(
  graph: GraphBuilder,
  x: OnnxValue,
  y: OnnxValue,
  attrs: Primitives['convKernelGrad'],
): OnnxValue {
  const { kernel, strides, padding, dilation, groups } = attrs;
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const rank = spatial.length;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const grouped = graph.reshape(x, [batch, groups, channels / groups, ...spatial]);
  const image = graph.reshape(graph.transpose(grouped, [2, 1, 0, ...axes.map((axis) => axis + 3)]), [
    channels / groups,
    groups * batch,
    ...spatial,
  ]);
  const filter = graph.transpose(y, [1, 0, ...axes.map((axis) => axis + 2)]);
  const end = endPadding(x, y, attrs);
  const taps = kernel.map((extent, axis) => extent + Math.floor(Math.max(0, -end[axis]!) / dilation[axis]!));
  const result = graph.node('Conv', [image, filter], [channels / groups, y.shape[1]!, ...taps], {
    attributes: windowAttributes({
      kernel: y.shape.slice(2),
      strides: dilation,
      dilation: strides,
      padding: padding.map(([low], axis) => [low, Math.max(0, end[axis]!)] as const),
      groups,
    }),
  });
  const cut = graph.slice(
    result,
    kernel.map(() => 0),
    kernel,
    axes.map((axis) => axis + 2),
  );
  return graph.transpose(cut, [1, 0, ...axes.map((axis) => axis + 2)]);
}

export const lowerConvKernelGrad: OnnxLowering<Primitives['convKernelGrad']> = (graph, [x, y], attrs, out) => {
  if (coversMap(x!.shape.slice(2), attrs.kernel, attrs)) return [kernelGradWholeMap(graph, x!, y!, out[0]!.shape)];
  const plain = attrs.groups === 1 && attrs.dilation.every((dilation) => dilation === 1);
  return [(plain ? channelsLastKernelGrad : groupedKernelGrad)(graph, x!, y!, attrs)];
};
