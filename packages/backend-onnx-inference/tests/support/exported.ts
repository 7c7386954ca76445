import { createRng, type InputSpec, type NDArray, Network, type Tensor, TrainableSystem } from '@delira/core';
import { BatchNorm2d, Conv2d } from '@delira/nn';
import { exportNetwork } from '@delira/onnx';
import { randomArray } from '@delira/testkit';

/** Scores for each pixel: a convolution, a batch norm and another convolution. */
export class Pixels extends Network {
  readonly config = { type: 'Pixels' };
  readonly inputs: { readonly data: InputSpec; readonly label: InputSpec } = {
    data: { shape: [1, null, null], dtype: 'float32' },
    label: { shape: [null, null], dtype: 'int32' },
  };
  readonly conv = new Conv2d(1, 4, { kernel: 3, padding: 1 });
  readonly norm = new BatchNorm2d(4);
  readonly head = new Conv2d(4, 2, { kernel: 1 });

  override predict({ data }: { data: Tensor }): { pred: Tensor } {
    return { pred: this.head.forward(this.norm.forward(this.conv.forward(data)).relu()) };
  }
}

export const network = new Pixels();
export const variables: ReadonlyMap<string, NDArray> = new TrainableSystem(network).initialState(7);
export const exported = exportNetwork(network, variables, {
  shape: [1, 6, 8],
  classes: ['background', 'object'],
  spacing: [1, 2],
  preprocessing: [{ type: 'rescale', low: 0, high: 1 }],
});

export const imagesOf = (rows: number, seed = 0): NDArray =>
  randomArray({ shape: [rows, 1, 6, 8], dtype: 'float32' }, [-1, 1], createRng(seed));
