import {
  BatchNorm2d,
  type BatchNorm,
  BatchNorm3d,
  type Conv,
  Conv2d,
  Conv3d,
  type ConvLayerOptions,
  type ConvTranspose,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
} from '@delira/nn';

export type SpatialRank = 2 | 3;

/** The layers whose class depends on the number of spatial axes. */
export interface SpatialLayers {
  conv(inChannels: number, outChannels: number, options: ConvLayerOptions): Conv;
  convTranspose(inChannels: number, outChannels: number, options: ConvTransposeLayerOptions): ConvTranspose;
  batchNorm(channels: number): BatchNorm;
}

export const spatialLayers: Readonly<Record<SpatialRank, SpatialLayers>> = {
  2: {
    conv: (...given) => new Conv2d(...given),
    convTranspose: (...given) => new ConvTranspose2d(...given),
    batchNorm: (channels) => new BatchNorm2d(channels),
  },
  3: {
    conv: (...given) => new Conv3d(...given),
    convTranspose: (...given) => new ConvTranspose3d(...given),
    batchNorm: (channels) => new BatchNorm3d(channels),
  },
};
