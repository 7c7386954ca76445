import { concat, formatShape, sameShape, ShapeError, type Tensor } from '@delira/core';
import type { Layer } from '@delira/nn';
import type { BlockOptions, MergeMode, UpMode } from './BlockOptions.js';
import { DoubleConv, unetInitializers } from './DoubleConv.js';
import { spatialLayers } from './SpatialLayers.js';
import { UpsampleConv } from './UpsampleConv.js';

export interface UpConvOptions extends BlockOptions {
  readonly upMode: UpMode;
  readonly mergeMode: MergeMode;
}

/** A level of a U-Net's decoder: doubles the resolution, halves the channels and merges the encoder's values of that level. */
export class UpConv extends DoubleConv {
  readonly upconv: Layer;
  readonly mergeMode: MergeMode;

  constructor(inChannels: number, outChannels: number, options: UpConvOptions) {
    const { mergeMode, upMode, spatialRank } = options;
    super(mergeMode === 'concat' ? 2 * outChannels : outChannels, outChannels, options);
    this.mergeMode = mergeMode;
    this.upconv =
      upMode === 'transpose'
        ? spatialLayers[spatialRank].convTranspose(inChannels, outChannels, {
            ...unetInitializers,
            kernel: 2,
            stride: 2,
          })
        : new UpsampleConv(inChannels, outChannels, spatialRank);
  }

  /**
   * [N, in, ...spatial] and the skip [N, out, ...2 · spatial] → [N, out, ...2 · spatial].
   *
   * @throws ShapeError when the skip has another shape.
   */
  forward(x: Tensor, skip: Tensor): Tensor {
    const up = this.upconv.forward(x);
    if (!sameShape(up.shape, skip.shape))
      throw new ShapeError(
        `UpConv merges (mergeMode '${this.mergeMode}') values of one shape, got ${formatShape(up.shape)} from below and the skip ${formatShape(skip.shape)}. Give it a skip of twice the extents; pad odd ones before they are pooled.`,
      );
    return this.convolve(this.mergeMode === 'concat' ? concat([up, skip], 1) : up.add(skip));
  }
}
