import { peerBench } from '../timing/peerBench.js';

/** Our prediction of one batch against PyTorch's in inference mode; both give the result to the caller. */
export const predict = peerBench({
  mode: 'predict',
  description: 'times our prediction and a peer’s in alternating rounds on the same machine',
  memoryLimit: null,
});
