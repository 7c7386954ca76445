import type { ConvAttrs } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import { convolutionKind } from './convolutionKind.js';
import { convolveDeferred } from './convolve.js';
import { convolvePairs } from './convolvePairs.js';
import { deferConv } from './deferConv.js';
import type { Epilogue } from './nchwc.js';
import { pairsOf } from './pairs.js';
import { convByTaps, usesTaps } from './smallMaps.js';
import { convolveStridedPairs, suitsStridedPairs } from './convolveStridedPairs.js';
import { type ConvolutionOperands, suitsPairs } from './suitsPairs.js';
import type { TunedLowering, TunedStep } from './TunedStep.js';
import type { Deferred } from './TunedValues.js';
import { deferVolumeConv } from './volumeConv.js';

function deferPairs(step: TunedStep, { x, kernel, y }: ConvolutionOperands, { padding }: ConvAttrs): Deferred {
  const { graph, block, values } = step;
  const { shape } = step.aval(y);
  const emit = ({ sum: _sum, ...epilogue }: Epilogue): OnnxValue => {
    const filter = { filter: values.get(kernel, 'kernel'), kernel: step.aval(kernel).shape };
    const maps = convolvePairs(graph, pairsOf(step, x), filter, shape, { ...epilogue, padding, block });
    return graph.reshape(maps, shape);
  };
  // A sum would have to be taken apart into pairs first.
  return { epilogue: {}, emit: (epilogue) => convolveDeferred(graph, emit, true, epilogue) };
}

/** The engine's blocked convolution; a bias, residual sum and ReLU that follow become part of it. */
export const tunedConv: TunedLowering<ConvAttrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const [x, kernel] = inputs as [number, number];
  const output = outputs[0]!;
  const operands = { x, kernel, y: output };
  if (usesTaps(step, operands, attrs)) {
    convByTaps(step, operands, attrs);
    return true;
  }
  const kind = convolutionKind(step.aval(x), step.aval(kernel), step.aval(output), attrs, block);
  if (kind === null) return false;
  const { shape } = step.aval(output);
  if (suitsPairs(step, operands, attrs, kind)) {
    values.defer(output, deferPairs(step, operands, attrs));
    return true;
  }
  if (suitsStridedPairs(step, operands, attrs, kind)) {
    const emit = ({ sum: _sum, ...epilogue }: Epilogue): OnnxValue =>
      convolveStridedPairs(step, operands, attrs, epilogue);
    values.defer(output, { epilogue: {}, emit: (epilogue) => convolveDeferred(graph, emit, true, epilogue) });
    return true;
  }
  if (shape.length === 5) {
    values.defer(output, deferVolumeConv(step, operands, attrs, kind));
    return true;
  }
  const image = values.get(x, kind.input);
  const filter = values.get(kernel, kind.kernel);
  const { kernel: layout, isDepthwise } = kind;
  values.defer(output, deferConv(graph, { image, filter, layout, isDepthwise, shape }, attrs, block));
  return true;
};
