import { type ConvAttrs, type Shape, sizeOf } from '@delira/core';

type Triple = readonly [number, number, number];

/** A convolution with exactly three spatial axes; missing ones have extent 1. Counts of channels are those of one group. */
export interface ConvGeometry {
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly outputs: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly kernel: Triple;
  readonly strides: Triple;
  readonly dilation: Triple;
  readonly low: Triple;
  /** Elements of an input channel, and of an output channel. */
  readonly inputSize: number;
  readonly positions: number;
  /** Elements of the window over all channels of a group. */
  readonly patch: number;
}

function triple(values: Shape, missing: number): Triple {
  const filled = [...new Array<number>(3 - values.length).fill(missing), ...values];
  return [filled[0]!, filled[1]!, filled[2]!];
}

/** @param x [N, C, ...spatial]. @param kernel [O, C / groups, ...window]. @param y [N, O, ...]. */
export function convGeometry(x: Shape, kernel: Shape, y: Shape, attrs: ConvAttrs): ConvGeometry {
  return {
    batch: x[0]!,
    groups: attrs.groups,
    channels: kernel[1]!,
    outputs: kernel[0]! / attrs.groups,
    input: triple(x.slice(2), 1),
    output: triple(y.slice(2), 1),
    kernel: triple(kernel.slice(2), 1),
    strides: triple(attrs.strides, 1),
    dilation: triple(attrs.dilation, 1),
    low: triple(
      attrs.padding.map(([low]) => low),
      0,
    ),
    inputSize: sizeOf(x.slice(2)),
    positions: sizeOf(y.slice(2)),
    patch: sizeOf(kernel.slice(1)),
  };
}
