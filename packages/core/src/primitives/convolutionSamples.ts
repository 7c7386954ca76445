import type { ConvAttrs, Padding } from '../ir/index.js';
import type { Shape } from '../ndarray/index.js';

interface ConvolutionSample {
  readonly id: string;
  /** `[N, C, ...spatial]` */
  readonly x: Shape;
  /** `[O, C / groups, ...window]` */
  readonly kernel: Shape;
  readonly attrs: ConvAttrs;
}

interface Options {
  /** Of every axis; default 1. */
  readonly stride?: number;
  readonly strides?: Shape;
  /** At both ends of every axis; default 0. */
  readonly padding?: number;
  readonly paddings?: Padding;
  readonly dilation?: number;
  readonly groups?: number;
}

function sample(id: string, x: Shape, kernel: Shape, options: Options = {}): ConvolutionSample {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const spatial = x.slice(2);
  const strides = options.strides ?? spatial.map(() => stride);
  const paddings = options.paddings ?? spatial.map(() => [padding, padding] as const);
  return { id, x, kernel, attrs: { strides, padding: paddings, dilation: spatial.map(() => dilation), groups } };
}

/** Convolutions every backend must get right. */
export const convolutionSamples: readonly ConvolutionSample[] = [
  sample('1d', [2, 3, 8], [4, 3, 3], { padding: 1 }),
  sample('2d-same', [2, 3, 6, 5], [4, 3, 3, 3], { padding: 1 }),
  sample('2d-pointwise', [2, 3, 4, 4], [4, 3, 1, 1]),
  sample('2d-blocked', [2, 16, 6, 6], [32, 16, 3, 3], { padding: 1 }),
  sample('2d-blocked-stride2', [2, 16, 8, 8], [32, 16, 3, 3], { stride: 2, padding: 1 }),
  sample('2d-blocked-stride2-odd', [3, 16, 7, 7], [16, 16, 3, 3], { stride: 2, padding: 1 }),
  sample('2d-blocked-pointwise-stride2', [2, 16, 8, 8], [32, 16, 1, 1], { stride: 2 }),
  sample('2d-blocked-small-map', [4, 32, 2, 2], [32, 32, 3, 3], { padding: 1 }),
  sample('2d-whole-map', [3, 16, 4, 3], [5, 16, 4, 3], { stride: 2 }),
  sample('2d-stem', [2, 1, 14, 14], [16, 1, 7, 7], { stride: 2, padding: 3 }),
  sample('2d-stride2-asymmetric', [1, 2, 7, 6], [3, 2, 3, 2], {
    strides: [2, 1],
    paddings: [
      [0, 1],
      [1, 0],
    ],
  }),
  sample('2d-dilation2', [1, 2, 7, 7], [2, 2, 3, 3], { padding: 2, dilation: 2 }),
  sample('2d-stride2-dilation2', [1, 2, 9, 9], [2, 2, 3, 3], { stride: 2, padding: 1, dilation: 2 }),
  sample('2d-groups', [2, 4, 5, 5], [6, 2, 3, 3], { padding: 1, groups: 2 }),
  sample('2d-depthwise-stride2', [2, 3, 6, 6], [3, 1, 3, 3], { stride: 2, padding: 1, groups: 3 }),
  sample('2d-unused-edge', [1, 2, 6, 6], [2, 2, 2, 2], { stride: 3 }),
  sample('3d-same', [1, 2, 4, 5, 4], [3, 2, 3, 3, 3], { padding: 1 }),
  sample('3d-blocked', [2, 16, 3, 5, 4], [32, 16, 3, 3, 3], { padding: 1 }),
  sample('3d-blocked-stride2', [2, 16, 5, 4, 7], [16, 16, 3, 3, 3], { stride: 2, padding: 1 }),
  sample('3d-blocked-pointwise-stride2', [1, 16, 5, 4, 4], [32, 16, 1, 1, 1], { stride: 2 }),
  sample('3d-blocked-upsampling', [2, 16, 4, 6, 4], [32, 16, 2, 2, 2], { stride: 2 }),
  sample('3d-stem', [2, 2, 5, 4, 6], [16, 2, 3, 3, 3], { padding: 1 }),
  sample('3d-stride2', [2, 2, 4, 4, 4], [3, 2, 2, 2, 2], { stride: 2 }),
];
