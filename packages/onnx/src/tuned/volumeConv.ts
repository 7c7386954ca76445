import type { ConvAttrs, ValueId } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { deferConv } from './deferConv.js';
import { asMaps, mapsShape } from './maps.js';
import { moveAxes } from './moveAxes.js';
import { type DepthTaps, stackDepth } from './stackDepth.js';
import type { Deferred } from './TunedValues.js';
import type { TunedStep } from './TunedStep.js';

/** Operands of a forward convolution of volumes, whichever of them is being computed. */
export interface VolumeOperands {
  readonly x: ValueId;
  readonly kernel: ValueId;
  readonly y: ValueId;
}

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

/** The slices of x that each tap of the kernel reads for each slice of y, stacked as further channels. */
export function stackedInput(
  step: TunedStep,
  { x, kernel, y }: VolumeOperands,
  attrs: ConvAttrs,
  kind: ConvolutionKind,
) {
  const [stride, spacing, low] = [attrs.strides[0]!, attrs.dilation[0]!, attrs.padding[0]![0]];
  const reads: DepthTaps = {
    count: step.aval(y).shape[2]!,
    taps: step.aval(kernel).shape[2]!,
    source: (position, tap) => position * stride + tap * spacing - low,
  };
  return stackDepth(step.graph, slicesOf(step, x, kind.input), step.aval(x).shape[0]!, reads);
}

/**
 * A convolution of volumes as one of maps: slice d of the result is a convolution of the slices that its taps along the depth read, stacked
 * as channels, so that the sum over them happens inside of the engine's kernel.
 */
export function deferVolumeConv(
  step: TunedStep,
  operands: VolumeOperands,
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

/** The slices of dy that each tap of the kernel connects with each slice of x, at stride 1, stacked as further channels. */
export function stackedGradient(step: TunedStep, { x, kernel, y }: VolumeOperands, attrs: ConvAttrs): OnnxValue {
  const [spacing, low] = [attrs.dilation[0]!, attrs.padding[0]![0]];
  const count = step.aval(x).shape[2]!;
  const taps = step.aval(kernel).shape[2]!;
  const source = (position: number, tap: number): number => position + low - tap * spacing;
  return step.remember(`stacked:${y}:${[count, taps, spacing, low].join()}`, () =>
    stackDepth(step.graph, slicesOf(step, y, 'blocked'), step.aval(x).shape[0]!, { count, taps, source }),
  );
}
