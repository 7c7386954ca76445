import type { Aval, Padding, Primitives } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import { convolutionKind } from './convolutionKind.js';
import { correlatePairs } from './convolvePairs.js';
import { correlateMaps } from './correlateMaps.js';
import { moveAxes } from './moveAxes.js';
import { pairsOf } from './pairs.js';
import { padTaps } from './sliceTaps.js';
import { kernelGradByTaps, usesTaps } from './smallMaps.js';
import { type ConvolutionOperands, suitsPairs } from './suitsPairs.js';
import type { TunedLowering, TunedStep } from './TunedStep.js';
import { areAllUseful } from './usefulTaps.js';
import { volumeKernelGrad } from './volumeKernelGrad.js';

type Attrs = Primitives['convKernelGrad'];

/** Rows get the padding of their columns while they are combined; the slices of a volume have several rows each, and are padded later. */
function kernelGradOfPairs(step: TunedStep, { x, kernel, y }: ConvolutionOperands, { padding }: Attrs): OnnxValue {
  const { shape } = step.aval(kernel);
  const isRows = shape.length === 4;
  const images = pairsOf(step, x, { scale: 0.5, ...(isRows ? { sides: padding[1]! } : {}) });
  const left: Padding = isRows ? [padding[0]!, [0, 0]] : padding;
  return correlatePairs(step.graph, images, pairsOf(step, y), { kernel: shape, padding: left, block: step.block });
}

/** See `correlateMaps`. */
export const tunedConvKernelGrad: TunedLowering<Attrs> = (step, { inputs, outputs: results, attrs }) => {
  const { graph, block, values } = step;
  const [x, y] = inputs as [number, number];
  const output = results[0]!;
  const target: Aval = step.aval(output);
  const operands = { x, kernel: output, y };
  if (usesTaps(step, operands, attrs)) {
    kernelGradByTaps(step, operands, attrs);
    return true;
  }
  const kind = convolutionKind(step.aval(x), target, step.aval(y), attrs, block);
  if (kind === null || kind.isDepthwise || attrs.dilation.some((dilation) => dilation !== 1)) return false;
  if (suitsPairs(step, operands, attrs, kind)) {
    values.define(output, kernelGradOfPairs(step, operands, attrs), kind.kernel);
    return true;
  }
  if (target.shape.length === 5) {
    values.define(output, volumeKernelGrad(step, operands, attrs, kind), kind.kernel);
    return true;
  }
  const [outputs, channels, ...window] = target.shape as [number, number, number, number];
  const maps = {
    x: values.get(x, kind.input),
    isBlocked: kind.input === 'blocked',
    y: values.get(y, 'blocked'),
    window,
  };
  const { products, taps } = correlateMaps(graph, maps, attrs, block);
  const gradient = graph.reshape(moveAxes(graph, products, [1, 0, 2, 3]), [outputs, channels, ...taps.count]);
  const isWhole = areAllUseful(taps, window);
  values.define(
    output,
    isWhole ? gradient : padTaps(graph, gradient, kind.kernel, block, taps.first, window),
    kind.kernel,
  );
  return true;
};
