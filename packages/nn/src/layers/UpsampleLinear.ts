import { Module, type Shape, type Tensor } from '@delira/core';
import { checkInterpolation, interpolateLinear, type InterpolateLinearOptions } from './interpolateLinear.js';

/**
 * Enlarges [N, C, ...spatial] by linear interpolation, as PyTorch's `Upsample` in the modes `linear`, `bilinear` and `trilinear`.
 */
export class UpsampleLinear extends Module {
  readonly #alignCorners: boolean;

  /** @param scale one factor for all spatial axes, or one for each. @throws ArgumentError unless they are positive. */
  constructor(
    readonly scale: number | Shape,
    { alignCorners = false }: Pick<InterpolateLinearOptions, 'alignCorners'> = {},
  ) {
    super();
    checkInterpolation('UpsampleLinear', { scale });
    this.#alignCorners = alignCorners;
  }

  /** [N, C, ...spatial] → [N, C, ...⌊spatial · scale⌋]. */
  forward(x: Tensor): Tensor {
    return interpolateLinear(x, { scale: this.scale, alignCorners: this.#alignCorners });
  }
}
