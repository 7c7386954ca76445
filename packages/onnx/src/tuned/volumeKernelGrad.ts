import type { ConvAttrs } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { correlateMaps } from './correlateMaps.js';
import { moveAxes } from './moveAxes.js';
import { padTaps } from './sliceTaps.js';
import type { TunedStep } from './TunedStep.js';
import { areAllUseful } from './usefulTaps.js';
import { slicesOf, stackedGradient, stackedInput, type VolumeOperands, withinSlices } from './volumeConv.js';

/**
 * Gradient of a convolution of volumes in its kernel as one of maps. At stride 1 the slices of dy that meet a slice of x, one for each
 * tap along the depth, are stacked as output channels: the gradient in the input has use for the same stack, and many outputs keep
 * the engine's kernel busy. Otherwise slices of x are stacked as input channels, as in the forward convolution.
 */
export function volumeKernelGrad(
  step: TunedStep,
  operands: VolumeOperands,
  attrs: ConvAttrs,
  kind: ConvolutionKind,
): OnnxValue {
  const { graph, block } = step;
  const { shape } = step.aval(operands.kernel);
  const [outputs, channels, depth, ...window] = shape as [number, number, number, number, number];
  const isBlocked = kind.input === 'blocked';
  const bySlice = isBlocked && attrs.strides[0] === 1;
  const x = bySlice ? slicesOf(step, operands.x, 'blocked') : stackedInput(step, operands, attrs, kind);
  const y = bySlice ? stackedGradient(step, operands, attrs) : slicesOf(step, operands.y, 'blocked');
  const { products, taps } = correlateMaps(graph, { x, isBlocked, y, window }, withinSlices(attrs), block);
  const [groups, perTap] = [products.shape[0]!, products.shape.slice(2)];
  const split = bySlice ? [groups, depth, outputs / block, ...perTap] : [1, groups, outputs / block, ...perTap];
  const ordered = moveAxes(graph, graph.reshape(products, split), bySlice ? [2, 1, 0, 3, 4] : [0, 2, 1, 3, 4]);
  const gradient = graph.reshape(ordered, [outputs, depth * channels, ...taps.count]);
  return areAllUseful(taps, window) ? gradient : padTaps(graph, gradient, kind.kernel, block, taps.first, window);
}
