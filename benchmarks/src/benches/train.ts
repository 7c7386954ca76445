import { peerBench } from '../timing/peerBench.js';

/** Our training step against PyTorch's, in alternating rounds of equally many steps. */
export const train = peerBench({
  mode: 'train',
  description: 'times our training step and a peer’s in alternating rounds on the same machine',
  memoryLimit: 1.3,
});
