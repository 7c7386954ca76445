import type { ConvAttrs } from '@delira/core';
import { convolutionKind } from './convolutionKind.js';
import { deferConv } from './deferConv.js';
import { convByTaps, usesTaps } from './smallMaps.js';
import type { TunedLowering } from './TunedStep.js';
import { deferVolumeConv } from './volumeConv.js';

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
  if (shape.length === 5) {
    values.defer(output, deferVolumeConv(step, { x, kernel, y: output }, attrs, kind));
    return true;
  }
  const image = values.get(x, kind.input);
  const filter = values.get(kernel, kind.kernel);
  const { kernel: layout, isDepthwise } = kind;
  values.defer(output, deferConv(graph, { image, filter, layout, isDepthwise, shape }, attrs, block));
  return true;
};
