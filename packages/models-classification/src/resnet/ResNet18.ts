import type { Tensor } from '@delira/core';
import { BatchNorm2d, Conv2d, GlobalAveragePool, Linear, MaxPool, Sequential } from '@delira/nn';
import { ClassificationNetwork } from '../ClassificationNetwork.js';
import { BasicBlock, resNetWeight } from './BasicBlock.js';

export interface ResNet18Options {
  /** Default 3. */
  readonly inChannels?: number;
  /** Default 1000. */
  readonly numClasses?: number;
}

function stage(inChannels: number, outChannels: number, stride: number): Sequential {
  return new Sequential(new BasicBlock(inChannels, outChannels, stride), new BasicBlock(outChannels, outChannels, 1));
}

/**
 * ResNet-18 (He et al., 2016) for 2D images of any size from 32 × 32 pixels; smaller ones work as long as every stage keeps a pixel.
 * Variables have the names and shapes of torchvision's `resnet18`, so its weights load, and are drawn as torchvision draws them.
 * 11,689,512 parameters for 3 channels and 1000 classes, 11,175,370 for 1 and 10.
 */
export class ResNet18 extends ClassificationNetwork {
  static readonly type = 'ResNet18';

  readonly conv1 = new Conv2d(this.config.inChannels, 64, {
    kernel: 7,
    stride: 2,
    padding: 3,
    bias: false,
    initialize: resNetWeight,
  });
  readonly bn1 = new BatchNorm2d(64);
  readonly maxpool = new MaxPool({ window: 3, stride: 2, padding: 1 });
  readonly layer1 = stage(64, 64, 1);
  readonly layer2 = stage(64, 128, 2);
  readonly layer3 = stage(128, 256, 2);
  readonly layer4 = stage(256, 512, 2);
  readonly avgpool = new GlobalAveragePool();
  readonly fc = new Linear(512, this.config.numClasses);

  /** @throws ArgumentError unless channels and classes are positive integers. */
  constructor({ inChannels = 3, numClasses = 1000 }: ResNet18Options = {}) {
    super({ inChannels, numClasses });
  }

  override forward(data: Tensor): Tensor {
    const stem = this.maxpool.forward(this.bn1.forward(this.conv1.forward(data)).relu());
    const features = [this.layer1, this.layer2, this.layer3, this.layer4].reduce((x, layer) => layer.forward(x), stem);
    return this.fc.forward(this.avgpool.forward(features));
  }
}
