import type { Initializer } from '@delira/core';
import { normal } from './normal.js';

/** Convolutions of a DCGAN, transposed or not: normal with deviation 0.02 (Radford et al., 2016). */
export const dcganWeight: Initializer = normal(0, 0.02);

/** Batch norm's weight in a DCGAN: normal around 1 with deviation 0.02, as in PyTorch's example. */
export const dcganScale: Initializer = normal(1, 0.02);
