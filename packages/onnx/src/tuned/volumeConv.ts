import { type ConvAttrs, type ValueId } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { deferConv } from './deferConv.js';
import { asMaps, mapsShape } from './maps.js';
import { moveAxes } from './moveAxes.js';
import { type DepthTaps, missingSlices, padDepth, stackDepth } from './stackDepth.js';
import type { ConvolutionOperands } from './suitsPairs.js';
import type { Deferred } from './TunedValues.js';
import type { TunedStep } from './TunedStep.js';

/** The attributes of the two axes of a slice. */
export function withinSlices({ strides, padding, dilation, groups }: ConvAttrs): ConvAttrs {
  return { strides: strides.slice(1), padding: padding.slice(1), dilation: dilation.slice(1), groups };
}

/** The depth slices of an activation as maps, depth outermost, each in the layout that a convolution takes. */
export function slicesOf(step: TunedStep, id: ValueId, layout: ConvolutionKind['input']): OnnxValue {
  const { graph, values } = step;
  const value = values.get(id, layout);
  if (layout === 'blocked') return asMaps(graph, value);
  const [batch, channels, depth, height, width] = value.shape as [number, number, number, number, number];
  const rows = graph.reshape(value, [batch, channels, depth, height * width]);
  return graph.reshape(moveAxes(graph, rows, [2, 0, 1, 3]), mapsShape(value.shape));
}

interface PaddedSlices {
  readonly maps: OnnxValue;
  readonly source: DepthTaps['source'];
}

/** Maps with the slices of zeros that the taps read, and where the taps read then. */
function padded(step: TunedStep, maps: OnnxValue, batch: number, reads: DepthTaps): PaddedSlices {
  const missing = missingSlices(reads, maps.shape[0]! / batch);
  return {
    maps: padDepth(step.graph, maps, batch, missing),
    source: (position, tap) => reads.source(position, tap) + missing[0],
  };
}

/** The slices of x that each tap of the kernel reads for each slice of y, stacked as further channels. */
export function stackedInput(
  step: TunedStep,
  { x, kernel, y }: ConvolutionOperands,
  attrs: ConvAttrs,
  kind: ConvolutionKind,
): OnnxValue {
  const [stride, spacing, low] = [attrs.strides[0]!, attrs.dilation[0]!, attrs.padding[0]![0]];
  const count = step.aval(y).shape[2]!;
  const taps = step.aval(kernel).shape[2]!;
  const source = (position: number, tap: number): number => position * stride + tap * spacing - low;
  const batch = step.aval(x).shape[0]!;
  const given = padded(step, slicesOf(step, x, kind.input), batch, { count, taps, source });
  return stackDepth(step.graph, given.maps, batch, { count, taps, source: given.source });
}

/**
 * A convolution of volumes as one of maps: slice d of the result is a convolution of the slices that its taps along the depth read, stacked
 * as channels, so that the sum over them happens inside of the engine's kernel.
 */
export function deferVolumeConv(
  step: TunedStep,
  operands: ConvolutionOperands,
  attrs: ConvAttrs,
  kind: ConvolutionKind,
): Deferred {
  const { graph, block, values } = step;
  const { shape } = step.aval(operands.y);
  const [outputs, channels, depth, height, width] = step.aval(operands.kernel).shape as [
    number,
    number,
    number,
    number,
    number,
  ];
  const image = stackedInput(step, operands, attrs, kind);
  const filter = graph.reshape(values.get(operands.kernel, kind.kernel), [outputs, depth * channels, height, width]);
  const operation = { image, filter, layout: kind.kernel, isDepthwise: false, shape: mapsShape(shape) };
  const { emit } = deferConv(graph, operation, withinSlices(attrs), block);
  return {
    epilogue: {},
    emit: ({ sum, ...epilogue }) =>
      graph.reshape(emit({ ...epilogue, ...(sum === undefined ? {} : { sum: asMaps(graph, sum) }) }), shape),
  };
}

/** Slices of dy that the taps of the kernel connect with the slices of x, at stride 1. */
export function gradientReads(step: TunedStep, { x, kernel }: ConvolutionOperands, attrs: ConvAttrs): DepthTaps {
  const [spacing, low] = [attrs.dilation[0]!, attrs.padding[0]![0]];
  return {
    count: step.aval(x).shape[2]!,
    taps: step.aval(kernel).shape[2]!,
    source: (position, tap) => position + low - tap * spacing,
  };
}

/** dy as maps with the slices of zeros that are read: both gradients of a convolution want them. */
export function paddedGradient(step: TunedStep, y: ValueId, reads: DepthTaps): PaddedSlices {
  const batch = step.aval(y).shape[0]!;
  const missing = missingSlices(reads, step.aval(y).shape[2]!);
  const key = `slices:${y}:${missing.join()}`;
  const maps = step.remember(key, () => padDepth(step.graph, slicesOf(step, y, 'blocked'), batch, missing));
  return { maps, source: (position, tap) => reads.source(position, tap) + missing[0] };
}

/** The slices of dy that are read at each position stacked as further channels. */
export function stackedGradient(step: TunedStep, y: ValueId, reads: DepthTaps): OnnxValue {
  const { maps, source } = paddedGradient(step, y, reads);
  return stackDepth(step.graph, maps, step.aval(y).shape[0]!, { ...reads, source });
}
