import { ArgumentError, type Tensor } from '@delira/core';
import { type BatchNorm, type Conv, GlobalAveragePool, Linear, MaxPool, Sequential } from '@delira/nn';
import { type ClassificationConfig, ClassificationNetwork } from '../ClassificationNetwork.js';
import { type SpatialDims, spatialLayers } from '../spatialLayers.js';
import { BasicBlock, resNetWeight } from './BasicBlock.js';

export interface ResNet18Options {
  /** Default 3. */
  readonly inChannels?: number;
  /** Default 1000. */
  readonly numClasses?: number;
  /** 2 for images [N, C, H, W], 3 for volumes [N, C, D, H, W]. Default 2. */
  readonly spatialDims?: SpatialDims;
  /** Channels of the first stage; each of the three after it doubles them. Default 64. */
  readonly features?: number;
}

export type ResNet18Config = ClassificationConfig & Readonly<{ spatialDims: SpatialDims; features: number }>;

/**
 * ResNet-18 (He et al., 2016) for images or volumes of any size from 32 voxels along each axis; smaller ones work as long as a training
 * batch leaves batch norm more than one value per channel. Variables have the names and, in 2D, the shapes of torchvision's `resnet18`, so
 * its weights load, and are drawn as torchvision draws them. 11,689,512 parameters for 3 channels and 1000 classes, 11,175,370 for 1 and 10.
 */
export class ResNet18 extends ClassificationNetwork<ResNet18Config> {
  static readonly type = 'ResNet18';

  readonly conv1: Conv;
  readonly bn1: BatchNorm;
  readonly maxpool = new MaxPool({ window: 3, stride: 2, padding: 1 });
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly layer4: Sequential;
  readonly avgpool = new GlobalAveragePool();
  readonly fc: Linear;

  /** @throws ArgumentError for an option out of range. */
  constructor({ inChannels = 3, numClasses = 1000, spatialDims = 2, features = 64 }: ResNet18Options = {}) {
    super(
      { inChannels, numClasses, spatialDims, features },
      { inputSize: spatialDims === 3 ? [null, null, null] : [null, null] },
    );
    if (!Number.isInteger(features) || features < 1)
      throw new ArgumentError(`ResNet18: features is ${features}; it must be a positive integer.`);
    const { Conv, BatchNorm } = spatialLayers(spatialDims);
    const stem = { kernel: 7, stride: 2, padding: 3, bias: false, initialize: resNetWeight };
    this.conv1 = new Conv(inChannels, features, stem);
    this.bn1 = new BatchNorm(features);
    const stage = (before: number, after: number, stride: number) =>
      new Sequential(
        new BasicBlock(before * features, after * features, stride, spatialDims),
        new BasicBlock(after * features, after * features, 1, spatialDims),
      );
    this.layer1 = stage(1, 1, 1);
    this.layer2 = stage(1, 2, 2);
    this.layer3 = stage(2, 4, 2);
    this.layer4 = stage(4, 8, 2);
    this.fc = new Linear(8 * features, numClasses);
  }

  override forward(data: Tensor): Tensor {
    const stem = this.maxpool.forward(this.bn1.forward(this.conv1.forward(data)).relu());
    const features = [this.layer1, this.layer2, this.layer3, this.layer4].reduce((x, layer) => layer.forward(x), stem);
    return this.fc.forward(this.avgpool.forward(features));
  }
}
