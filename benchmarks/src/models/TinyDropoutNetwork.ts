import { Network, type Tensor } from '@delira/core';
import { BatchNorm2d, Conv2d, Dropout, Linear } from '@delira/nn';

/** A convolution, batch norm, dropout and a linear layer on 8 × 8 images of one channel: running statistics and noise for next to nothing. */
export class TinyDropoutNetwork extends Network {
  override readonly config = { type: 'TinyDropoutNetwork' };
  override readonly inputs = {
    data: { shape: [1, 8, 8], dtype: 'float32' },
    label: { shape: [], dtype: 'int32', range: [0, 2] },
  } as const;
  readonly conv = new Conv2d(1, 4, { kernel: 3, padding: 1 });
  readonly norm = new BatchNorm2d(4);
  readonly dropout = new Dropout(0.3);
  readonly linear = new Linear(4 * 8 * 8, 3);

  override predict({ data }: { readonly data: Tensor }): { pred: Tensor } {
    const features = this.norm.forward(this.conv.forward(data)).relu();
    return { pred: this.linear.forward(this.dropout.forward(features.reshape([data.shape[0] ?? 1, -1]))) };
  }
}
