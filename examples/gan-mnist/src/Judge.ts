import type { Tensor } from '@delira/core';
import { ClassificationNetwork } from '@delira/models-classification';
import { BatchNorm2d, Conv2d, Flatten, Linear, ReLU, Sequential } from '@delira/nn';

/** A small classifier of digits, 64 × 64 pixels: it says how sure it is of what a generated image shows. */
export class Judge extends ClassificationNetwork {
  static readonly type = 'Judge';
  readonly features = new Sequential(
    ...[1, 8, 16, 32].flatMap((channels, stage) => {
      const next = [8, 16, 32, 32][stage]!;
      return [
        new Conv2d(channels, next, { kernel: 3, stride: 2, padding: 1, bias: false }),
        new BatchNorm2d(next),
        new ReLU(),
      ];
    }),
    new Flatten(),
  );
  readonly fc = new Linear(32 * 4 * 4, this.config.numClasses);

  constructor() {
    super({ inChannels: 1, numClasses: 10 }, { inputSize: [64, 64] });
  }

  override forward(data: Tensor): Tensor {
    return this.fc.forward(this.features.forward(data));
  }
}
