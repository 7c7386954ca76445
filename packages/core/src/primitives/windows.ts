import { ShapeError } from '../errors/index.js';
import { formatShape, type Shape } from '../ndarray/index.js';
import type { ConvAttrs, Padding } from '../ir/index.js';

/**
 * Extent of each spatial axis after a window of extent `kernel` slid over it:
 * ⌊(n + low + high − dilation · (k − 1) − 1) / stride⌋ + 1.
 *
 * @throws ShapeError when the window is larger than the padded input.
 */
export function slidingExtent(
  name: string,
  spatial: Shape,
  kernel: Shape,
  attrs: { readonly strides: Shape; readonly padding: Padding; readonly dilation?: Shape },
): Shape {
  const rank = spatial.length;
  if ([kernel, attrs.strides, attrs.padding, attrs.dilation ?? kernel].some((list) => list.length !== rank)) {
    throw new ShapeError(
      `${name}: kernel, strides, padding and dilation need one entry for each of the ${rank} spatial axes.`,
    );
  }
  return spatial.map((extent, axis) => {
    const [low, high] = attrs.padding[axis]!;
    const reach = (attrs.dilation?.[axis] ?? 1) * (kernel[axis]! - 1) + 1;
    const stride = attrs.strides[axis]!;
    if (stride < 1 || (attrs.dilation?.[axis] ?? 1) < 1 || low < 0 || high < 0)
      throw new ShapeError(`${name}: strides and dilation must be at least 1, padding at least 0.`);
    const steps = Math.floor((extent + low + high - reach) / stride) + 1;
    if (steps < 1) {
      throw new ShapeError(
        `${name}: the window ${formatShape(kernel)} is larger than the padded input ${formatShape(spatial)} along spatial axis ${axis}. Use a larger input, a smaller kernel or more padding.`,
      );
    }
    return steps;
  });
}

/** Output shape of a convolution of x [N, C, ...spatial] with a kernel [O, C / groups, ...window]. */
export function convolvedShape(name: string, x: Shape, kernel: Shape, attrs: ConvAttrs): Shape {
  if (x.length < 3 || x.length > 5 || kernel.length !== x.length) {
    throw new ShapeError(
      `${name}: expected an input [N, C, ...spatial] with 1 to 3 spatial axes and a kernel of the same rank, got ${formatShape(x)} and ${formatShape(kernel)}.`,
    );
  }
  const [, channels] = x;
  const [outputs, channelsPerGroup] = kernel;
  const { groups } = attrs;
  if (groups < 1 || outputs! % groups !== 0 || channelsPerGroup! * groups !== channels) {
    throw new ShapeError(
      `${name}: the input ${formatShape(x)} has ${channels} channels, but the kernel ${formatShape(kernel)} with ${groups} group(s) takes ${channelsPerGroup! * groups}.`,
    );
  }
  return [x[0]!, outputs!, ...slidingExtent(name, x.slice(2), kernel.slice(2), attrs)];
}

const no2d: Padding = [
  [0, 0],
  [0, 0],
];
const one2d: Padding = [
  [1, 1],
  [1, 1],
];

/** Convolutions every backend must get right: input, kernel and attributes. */
export const convolutionSamples: readonly {
  readonly id: string;
  readonly x: Shape;
  readonly kernel: Shape;
  readonly attrs: ConvAttrs;
}[] = [
  { id: '1d', x: [2, 3, 8], kernel: [4, 3, 3], attrs: { strides: [1], padding: [[1, 1]], dilation: [1], groups: 1 } },
  {
    id: '2d-same',
    x: [2, 3, 6, 5],
    kernel: [4, 3, 3, 3],
    attrs: { strides: [1, 1], padding: one2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-pointwise',
    x: [2, 3, 4, 4],
    kernel: [4, 3, 1, 1],
    attrs: { strides: [1, 1], padding: no2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-blocked',
    x: [2, 16, 6, 6],
    kernel: [32, 16, 3, 3],
    attrs: { strides: [1, 1], padding: one2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-blocked-stride2',
    x: [2, 16, 8, 8],
    kernel: [32, 16, 3, 3],
    attrs: { strides: [2, 2], padding: one2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-blocked-stride2-odd',
    x: [3, 16, 7, 7],
    kernel: [16, 16, 3, 3],
    attrs: { strides: [2, 2], padding: one2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-blocked-pointwise-stride2',
    x: [2, 16, 8, 8],
    kernel: [32, 16, 1, 1],
    attrs: { strides: [2, 2], padding: no2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-blocked-small-map',
    x: [4, 32, 2, 2],
    kernel: [32, 32, 3, 3],
    attrs: { strides: [1, 1], padding: one2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-whole-map',
    x: [3, 16, 4, 3],
    kernel: [5, 16, 4, 3],
    attrs: { strides: [2, 2], padding: no2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '2d-stem',
    x: [2, 1, 14, 14],
    kernel: [16, 1, 7, 7],
    attrs: {
      strides: [2, 2],
      padding: [
        [3, 3],
        [3, 3],
      ],
      dilation: [1, 1],
      groups: 1,
    },
  },
  {
    id: '2d-stride2-asymmetric',
    x: [1, 2, 7, 6],
    kernel: [3, 2, 3, 2],
    attrs: {
      strides: [2, 1],
      padding: [
        [0, 1],
        [1, 0],
      ],
      dilation: [1, 1],
      groups: 1,
    },
  },
  {
    id: '2d-dilation2',
    x: [1, 2, 7, 7],
    kernel: [2, 2, 3, 3],
    attrs: {
      strides: [1, 1],
      padding: [
        [2, 2],
        [2, 2],
      ],
      dilation: [2, 2],
      groups: 1,
    },
  },
  {
    id: '2d-stride2-dilation2',
    x: [1, 2, 9, 9],
    kernel: [2, 2, 3, 3],
    attrs: { strides: [2, 2], padding: one2d, dilation: [2, 2], groups: 1 },
  },
  {
    id: '2d-groups',
    x: [2, 4, 5, 5],
    kernel: [6, 2, 3, 3],
    attrs: { strides: [1, 1], padding: one2d, dilation: [1, 1], groups: 2 },
  },
  {
    id: '2d-depthwise-stride2',
    x: [2, 3, 6, 6],
    kernel: [3, 1, 3, 3],
    attrs: { strides: [2, 2], padding: one2d, dilation: [1, 1], groups: 3 },
  },
  {
    id: '2d-unused-edge',
    x: [1, 2, 6, 6],
    kernel: [2, 2, 2, 2],
    attrs: { strides: [3, 3], padding: no2d, dilation: [1, 1], groups: 1 },
  },
  {
    id: '3d-same',
    x: [1, 2, 4, 5, 4],
    kernel: [3, 2, 3, 3, 3],
    attrs: {
      strides: [1, 1, 1],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
  {
    id: '3d-blocked',
    x: [2, 16, 3, 5, 4],
    kernel: [32, 16, 3, 3, 3],
    attrs: {
      strides: [1, 1, 1],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
  {
    id: '3d-blocked-stride2',
    x: [2, 16, 5, 4, 7],
    kernel: [16, 16, 3, 3, 3],
    attrs: {
      strides: [2, 2, 2],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
  {
    id: '3d-blocked-pointwise-stride2',
    x: [1, 16, 5, 4, 4],
    kernel: [32, 16, 1, 1, 1],
    attrs: {
      strides: [2, 2, 2],
      padding: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
  {
    id: '3d-blocked-upsampling',
    x: [2, 16, 4, 6, 4],
    kernel: [32, 16, 2, 2, 2],
    attrs: {
      strides: [2, 2, 2],
      padding: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
  {
    id: '3d-stem',
    x: [2, 2, 5, 4, 6],
    kernel: [16, 2, 3, 3, 3],
    attrs: {
      strides: [1, 1, 1],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
  {
    id: '3d-stride2',
    x: [2, 2, 4, 4, 4],
    kernel: [3, 2, 2, 2, 2],
    attrs: {
      strides: [2, 2, 2],
      padding: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1, 1],
      groups: 1,
    },
  },
];
