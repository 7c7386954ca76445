import type { ConvAttrs, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { convolve, convolveDeferred, isStackable } from './convolve.js';
import type { ConvolutionKind } from './convolutionKind.js';
import type { BlockSize } from './Layout.js';
import type { BlockedConvOptions, Epilogue } from './nchwc.js';
import { sliceTaps } from './sliceTaps.js';
import type { Deferred } from './TunedValues.js';
import { areAllUseful, usefulTaps } from './usefulTaps.js';

/** Operands of a convolution of maps: nominal shapes are those of 2D, whatever the volume they stand for. */
export interface MapConvolution {
  readonly image: OnnxValue;
  readonly filter: OnnxValue;
  /** Of `filter`. */
  readonly layout: ConvolutionKind['kernel'];
  readonly isDepthwise: boolean;
  /** [N, O, H, W]. */
  readonly shape: Shape;
}

/** The engine's blocked convolution, to be emitted when it is known what follows it; taps that meet nothing but padding are left out. */
export function deferConv(
  graph: GraphBuilder,
  { image, filter, layout, isDepthwise, shape }: MapConvolution,
  attrs: Pick<ConvAttrs, 'strides' | 'padding' | 'dilation'>,
  block: BlockSize,
): Deferred {
  const window = filter.shape.slice(2);
  const taps = usefulTaps(image.shape.slice(2), window, shape.slice(2), attrs);
  // What padding the high side needs for the taps that are left.
  const padding = taps.low.map((low, axis) => {
    const reach = attrs.strides[axis]! * (shape[axis + 2]! - 1) + attrs.dilation[axis]! * (taps.count[axis]! - 1) + 1;
    return [low, Math.max(0, reach - low - image.shape[axis + 2]!)] as const;
  });
  const isTrimmed = !areAllUseful(taps, window) && taps.low.every((low) => low >= 0);
  const used = isTrimmed ? sliceTaps(graph, filter, layout, block, taps) : filter;
  const options: BlockedConvOptions = {
    kernel: isTrimmed ? taps.count : window,
    strides: attrs.strides,
    dilation: attrs.dilation,
    padding: isTrimmed ? padding : attrs.padding,
    groups: isDepthwise ? image.shape[1]! : 1,
  };
  const isStacked = isStackable(image, shape, block, options);
  const emit = (epilogue: Epilogue) => convolve(graph, image, used, shape, block, { ...options, ...epilogue });
  return { epilogue: {}, emit: (epilogue) => convolveDeferred(graph, emit, isStacked, epilogue) };
}
