import type { ConvAttrs } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { correlateMaps } from './correlateMaps.js';
import { correlateSlices } from './correlateSlices.js';
import { moveAxes } from './moveAxes.js';
import { padTaps } from './sliceTaps.js';
import type { ConvolutionOperands } from './suitsPairs.js';
import type { TunedStep } from './TunedStep.js';
import { areAllUseful } from './usefulTaps.js';
import { gradientReads, paddedGradient, slicesOf, stackedInput, withinSlices } from './volumeConv.js';

/**
 * Gradient of a convolution of volumes in its kernel. At stride 1 the slices of dy that meet a slice of x, one for each tap along the
 * depth, are output channels of one correlation. Otherwise slices of x are stacked as input channels, as in the forward convolution.
 */
export function volumeKernelGrad(
  step: TunedStep,
  operands: ConvolutionOperands,
  attrs: ConvAttrs,
  kind: ConvolutionKind,
): OnnxValue {
  const { graph, block } = step;
  const { shape } = step.aval(operands.kernel);
  const [outputs, channels, depth, ...window] = shape as [number, number, number, number, number];
  const inSlices = withinSlices(attrs);
  const isBlocked = kind.input === 'blocked';
  const isWholeGradient = (count: readonly number[], ordered: OnnxValue): OnnxValue =>
    graph.reshape(ordered, [outputs, depth * channels, ...count]);
  if (isBlocked && attrs.strides[0] === 1 && inSlices.strides.every((stride) => stride === 1)) {
    const reads = gradientReads(step, operands, attrs);
    const { maps, source } = paddedGradient(step, operands.y, reads);
    const correlation = {
      x: slicesOf(step, operands.x, 'blocked'),
      y: maps,
      batch: step.aval(operands.x).shape[0]!,
      window,
      padding: inSlices.padding,
      depthTaps: depth,
      source,
    };
    const { products, taps } = correlateSlices(graph, correlation, block);
    const gradient = isWholeGradient(taps.count, moveAxes(graph, products, [2, 1, 0, 3, 4]));
    return areAllUseful(taps, window) ? gradient : padTaps(graph, gradient, kind.kernel, block, taps.first, window);
  }
  const x = stackedInput(step, operands, attrs, kind);
  const y = slicesOf(step, operands.y, 'blocked');
  const { products, taps } = correlateMaps(graph, { x, isBlocked, y, window }, inSlices, block);
  const gradient = isWholeGradient(taps.count, moveAxes(graph, products, [1, 0, 2, 3]));
  return areAllUseful(taps, window) ? gradient : padTaps(graph, gradient, kind.kernel, block, taps.first, window);
}
