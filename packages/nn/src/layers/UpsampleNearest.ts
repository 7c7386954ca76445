import { ArgumentError, Module, perAxis, type Shape, type Tensor } from '@delira/core';

/** Repeats each element of [N, C, ...spatial] along the spatial axes, as PyTorch's `Upsample` in mode `nearest`. */
export class UpsampleNearest extends Module {
  /** @param scale one factor for all spatial axes, or one for each. @throws ArgumentError unless they are positive integers. */
  constructor(readonly scale: number | Shape) {
    super();
    if ([scale].flat().some((factor) => !Number.isInteger(factor) || factor < 1))
      throw new ArgumentError(`UpsampleNearest: scale is ${String(scale)}; factors must be positive integers.`);
  }

  forward(x: Tensor): Tensor {
    const [rows, channels, ...spatial] = x.shape as [number, number, ...number[]];
    const scale = perAxis(this.scale, spatial.length, 'scale');
    const interleaved = (factorAt: (axis: number) => number): Shape => [
      rows,
      channels,
      ...spatial.flatMap((extent, axis) => [extent, factorAt(axis)]),
    ];
    return x
      .reshape(interleaved(() => 1))
      .broadcastTo(interleaved((axis) => scale[axis]!))
      .reshape([rows, channels, ...spatial.map((extent, axis) => extent * scale[axis]!)]);
  }
}
