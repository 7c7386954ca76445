import { ArgumentError } from '@delira/core';
import {
  type BatchNorm,
  BatchNorm2d,
  BatchNorm3d,
  type BatchNormOptions,
  type Conv,
  Conv2d,
  Conv3d,
  type ConvLayerOptions,
} from '@delira/nn';

/** Images or volumes. */
export type SpatialDims = 2 | 3;

/** Layers for images or volumes. */
export interface SpatialLayers {
  readonly Conv: new (inChannels: number, outChannels: number, options: ConvLayerOptions) => Conv;
  readonly BatchNorm: new (channels: number, options?: BatchNormOptions) => BatchNorm;
}

const layers: Readonly<Record<SpatialDims, SpatialLayers>> = {
  2: { Conv: Conv2d, BatchNorm: BatchNorm2d },
  3: { Conv: Conv3d, BatchNorm: BatchNorm3d },
};

/** @throws ArgumentError unless there are two or three spatial axes. */
export function spatialLayers(spatialDims: SpatialDims): SpatialLayers {
  const found = layers[spatialDims] as SpatialLayers | undefined;
  if (found === undefined)
    throw new ArgumentError(`spatialDims is ${String(spatialDims)}; it must be 2 (images) or 3 (volumes).`);
  return found;
}
