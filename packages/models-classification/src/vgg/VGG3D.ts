import { ArgumentError, formatShape, type Shape, ShapeError, type Tensor } from '@delira/core';
import {
  AdaptiveMaxPool,
  BatchNorm3d,
  Conv3d,
  Dropout,
  Flatten,
  LeakyReLU,
  type Layer,
  Linear,
  Sequential,
} from '@delira/nn';
import { type ClassificationConfig, ClassificationNetwork } from '../ClassificationNetwork.js';

export interface VGG3DOptions {
  /** Default 1. */
  readonly inChannels?: number;
  /** Default 2. */
  readonly numClasses?: number;
  /** Channels of the first block; the two after it double them. Default 64. */
  readonly features?: number;
  /** Extents of the features' maps before the linear layers, whatever the volume's. Default [1, 16, 16]. */
  readonly pooledSize?: readonly [depth: number, height: number, width: number];
  /** Outputs of the two hidden linear layers. Default [1024, 64]. */
  readonly hidden?: readonly [first: number, second: number];
  /** Probabilities to drop an output of the hidden layers in training. Default [0.5, 0.1]. */
  readonly dropout?: readonly [first: number, second: number];
}

export type VGG3DConfig = ClassificationConfig &
  Readonly<{
    features: number;
    pooledSize: readonly [number, number, number];
    hidden: readonly [number, number];
    dropout: readonly [number, number];
  }>;

/** The smallest volume that keeps a voxel through all convolutions, which do not pad. */
const SMALLEST: Shape = [27, 43, 43];

/** Two convolutions, the first with stride 2, then batch norm and leaky ReLU. */
function block(inChannels: number, outChannels: number, kernel: number | Shape): readonly Layer[] {
  return [
    new Conv3d(inChannels, outChannels, { kernel: 3, stride: 2 }),
    new Conv3d(outChannels, outChannels, { kernel }),
    new BatchNorm3d(outChannels),
    new LeakyReLU(),
  ];
}

/**
 * delira's VGG-like network for volumes [N, C, D, H, W] of at least 27 × 43 × 43 voxels: three blocks of convolutions, adaptive pooling and
 * three linear layers, which give logits. Variables are named as in torchvision's VGG: `features.0.weight`, …, `classifier.6.bias`.
 * 69,428,362 parameters for 1 channel and 10 classes.
 */
export class VGG3D extends ClassificationNetwork<VGG3DConfig> {
  static readonly type = 'VGG3D';

  readonly features: Sequential;
  readonly pool: AdaptiveMaxPool;
  readonly flatten = new Flatten();
  readonly classifier: Sequential;

  /** @throws ArgumentError for an option out of range. */
  constructor({
    inChannels = 1,
    numClasses = 2,
    features = 64,
    pooledSize = [1, 16, 16],
    hidden = [1024, 64],
    dropout = [0.5, 0.1],
  }: VGG3DOptions = {}) {
    super({ inChannels, numClasses, features, pooledSize, hidden, dropout }, { inputSize: [null, null, null] });
    for (const [name, extents] of Object.entries({ features: [features], pooledSize, hidden })) {
      if (extents.some((extent) => !Number.isInteger(extent) || extent < 1))
        throw new ArgumentError(`VGG3D: ${name} is ${formatShape(extents)}; it must be made of positive integers.`);
    }
    this.features = new Sequential(
      ...block(inChannels, features, 3),
      ...block(features, 2 * features, 3),
      ...block(2 * features, 4 * features, [1, 3, 3]),
    );
    this.pool = new AdaptiveMaxPool(pooledSize);
    const flattened = 4 * features * pooledSize[0] * pooledSize[1] * pooledSize[2];
    this.classifier = new Sequential(
      new Linear(flattened, hidden[0]),
      new Dropout(dropout[0]),
      new LeakyReLU(),
      new Linear(hidden[0], hidden[1]),
      new Dropout(dropout[1]),
      new LeakyReLU(),
      new Linear(hidden[1], numClasses),
    );
  }

  /** @throws ShapeError for a volume that is too small. */
  override forward(data: Tensor): Tensor {
    if (SMALLEST.some((extent, axis) => data.shape[axis + 2]! < extent))
      throw new ShapeError(
        `VGG3D takes volumes [N, ${this.config.inChannels}, D, H, W] with D, H, W of at least ${SMALLEST.join(', ')}, got ${formatShape(data.shape)}. Use larger patches, or pad them.`,
      );
    return this.classifier.forward(this.flatten.forward(this.pool.forward(this.features.forward(data))));
  }
}
