import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { Kernels, SignedPadding } from '../engines/Kernels.js';

/** A convolution of one group, whose padding may cut off. */
export interface Windows {
  readonly strides: Shape;
  readonly dilation: Shape;
  readonly padding: SignedPadding;
}

/** Extents after a window of extents `window` slid over the padded map. */
export function convolvedExtents(spatial: Shape, window: Shape, { strides, dilation, padding }: Windows): Shape {
  return spatial.map((extent, axis) => {
    const [low, high] = padding[axis]!;
    const reach = dilation[axis]! * (window[axis]! - 1) + 1;
    return Math.floor((extent + low + high - reach) / strides[axis]!) + 1;
  });
}

/**
 * Convolves x [N, ...spatial, C] with a filter [...window, C, O]: [N, ...spatial, O]. In 2D it is a kernel of the engine, in 3D the sum
 * of one for each layer of the filter, since no engine has a fast one of its own.
 */
export function convolve(kernels: Kernels, x: Tensor, filter: Tensor, windows: Windows): Tensor {
  const rank = windows.strides.length;
  if (rank === 2) return convolvePlane(kernels, x, filter, windows);
  if (rank === 3) return convolveLayers(kernels, x, filter, windows);
  const [samples, width, channels] = x.shape as [number, number, number];
  const plane = convolvePlane(
    kernels,
    kernels.reshape(x, [samples, 1, width, channels]),
    kernels.reshape(filter, [1, ...filter.shape]),
    {
      strides: [1, ...windows.strides],
      dilation: [1, ...windows.dilation],
      padding: [[0, 0], ...windows.padding],
    },
  );
  return kernels.reshape(plane, [samples, plane.shape[2]!, plane.shape[3]!]);
}

function convolvePlane(kernels: Kernels, x: Tensor, filter: Tensor, { strides, dilation, padding }: Windows): Tensor {
  const [height, width, channels, outputs] = filter.shape as [number, number, number, number];
  const negative = padding.some(([low, high]) => low < 0 || high < 0);
  const none = padding.every(([low, high]) => low === 0 && high === 0);
  if (negative || (!none && !kernels.traits.explicitPadding)) {
    const outside = padding.map(([low, high]) =>
      kernels.traits.explicitPadding ? ([Math.min(0, low), Math.min(0, high)] as const) : ([low, high] as const),
    );
    const inside = padding.map(([low, high], axis) => [low - outside[axis]![0], high - outside[axis]![1]] as const);
    const map = kernels.pad(x, [[0, 0], ...outside, [0, 0]]);
    return convolvePlane(kernels, map, filter, { strides, dilation, padding: inside });
  }
  if (none && height === 1 && width === 1 && strides.every((stride) => stride === 1)) {
    const product = kernels.matmul(
      kernels.reshape(x, [x.size / channels, channels]),
      kernels.reshape(filter, [channels, outputs]),
    );
    return kernels.reshape(product, [...x.shape.slice(0, 3), outputs]);
  }
  return kernels.run(
    'Conv2D',
    { x, filter },
    {
      strides: [...strides],
      pad: none ? 'valid' : [[0, 0], ...padding.map((sides) => [...sides]), [0, 0]],
      dataFormat: 'NHWC',
      dilations: [...dilation],
      dimRoundingMode: null,
    },
  );
}

function convolveLayers(kernels: Kernels, x: Tensor, filter: Tensor, windows: Windows): Tensor {
  const { strides, dilation, padding } = windows;
  const [samples, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const [layers, ...plane] = filter.shape as [number, number, number, number, number];
  if (sizeOf(filter.shape.slice(0, 3)) === 1 && strides.every((stride) => stride === 1) && isNone(padding)) {
    const flat = kernels.reshape(x, [samples * depth, height, width, channels]);
    const product = convolvePlane(kernels, flat, kernels.reshape(filter, plane), onPlane(windows));
    return kernels.reshape(product, [...x.shape.slice(0, 4), plane[3]!]);
  }
  const [count, ...rest] = convolvedExtents([depth, height, width], filter.shape.slice(0, 3), windows) as [
    number,
    number,
    number,
  ];
  const map = padDepth(kernels, x, { layers, count, stride: strides[0]!, dilation: dilation[0]!, low: padding[0]![0] });
  let sum: Tensor | null = null;
  for (let layer = 0; layer < layers; layer++) {
    const part = kernels.subsample(map, 1, layer * dilation[0]!, strides[0]!, count);
    const flat = kernels.reshape(part, [samples * count, height, width, channels]);
    const own = kernels.reshape(kernels.slice(filter, [layer, 0, 0, 0, 0], [1, ...plane]), plane);
    const convolved = convolvePlane(kernels, flat, own, onPlane(windows));
    sum = sum === null ? convolved : kernels.add(sum, convolved);
  }
  return kernels.reshape(sum!, [samples, count, ...rest, plane[3]!]);
}

const isNone = (padding: SignedPadding): boolean => padding.every(([low, high]) => low === 0 && high === 0);

/** The two inner axes. */
export function onPlane({ strides, dilation, padding }: Windows): Windows {
  return { strides: strides.slice(1), dilation: dilation.slice(1), padding: padding.slice(1) };
}

/** Pads the depth of x [N, D, …] so that each layer of a filter can take every `stride`-th element of it. */
export function padDepth(
  kernels: Kernels,
  x: Tensor,
  taps: {
    readonly layers: number;
    readonly count: number;
    readonly stride: number;
    readonly dilation: number;
    readonly low: number;
  },
): Tensor {
  const padding = x.shape.map((extent, axis) =>
    axis === 1 ? ([taps.low, reachOf(taps.layers, taps) - extent - taps.low] as const) : ([0, 0] as const),
  );
  return kernels.pad(x, padding);
}

/** Extent an axis must have so that `subsample` finds `count` elements for each tap. */
export function reachOf(
  taps: number,
  { count, stride, dilation }: { readonly count: number; readonly stride: number; readonly dilation: number },
): number {
  return (Math.floor(((taps - 1) * dilation) / stride) + count) * stride;
}
