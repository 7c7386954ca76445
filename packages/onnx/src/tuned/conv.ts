import type { ConvAttrs } from '@delira/core';
import { convolve, convolveDeferred, isStackable } from './convolve.js';
import { convolutionKind } from './convolutionKind.js';
import type { BlockedConvOptions, Epilogue } from './nchwc.js';
import { sliceTaps } from './sliceTaps.js';
import { convByTaps, usesTaps } from './smallMaps.js';
import type { TunedLowering } from './TunedStep.js';
import { areAllUseful, usefulTaps } from './usefulTaps.js';

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
  const image = values.get(x, kind.input);
  const filter = values.get(kernel, kind.kernel);
  const window = filter.shape.slice(2);
  const taps = usefulTaps(image.shape.slice(2), window, shape.slice(2), attrs);
  // What padding the high side needs for the taps that are left.
  const padding = taps.low.map((low, axis) => {
    const reach = attrs.strides[axis]! * (shape[axis + 2]! - 1) + attrs.dilation[axis]! * (taps.count[axis]! - 1) + 1;
    return [low, Math.max(0, reach - low - image.shape[axis + 2]!)] as const;
  });
  const isTrimmed = !areAllUseful(taps, window) && taps.low.every((low) => low >= 0);
  const used = isTrimmed ? sliceTaps(graph, filter, kind.kernel, block, taps) : filter;
  const options: BlockedConvOptions = {
    kernel: isTrimmed ? taps.count : window,
    strides: attrs.strides,
    dilation: attrs.dilation,
    padding: isTrimmed ? padding : attrs.padding,
    groups: kind.isDepthwise ? image.shape[1]! : 1,
  };
  const isStacked = isStackable(image, shape, block, options);
  const emit = (epilogue: Epilogue) => convolve(graph, image, used, shape, block, { ...options, ...epilogue });
  values.defer(output, { epilogue: {}, emit: (epilogue) => convolveDeferred(graph, emit, isStacked, epilogue) });
  return true;
};
