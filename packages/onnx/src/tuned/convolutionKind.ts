import type { Aval, ConvAttrs } from '@delira/core';
import { type BlockSize, fitsLayout, type Layout } from './Layout.js';

/** Layouts in which the engine's blocked convolution takes the input and the kernel of a `conv`; its output is blocked. */
export interface ConvolutionKind {
  readonly input: 'blocked' | 'plain';
  readonly kernel: Exclude<Layout, 'plain' | 'blocked'>;
  readonly isDepthwise: boolean;
}

/** Null: it has no blocked form. `x`, `kernel`, `y` are the operands of the forward convolution, whichever of them is being computed. */
export function convolutionKind(
  x: Aval,
  kernel: Aval,
  y: Aval,
  { groups }: ConvAttrs,
  block: BlockSize,
): ConvolutionKind | null {
  if (!fitsLayout(y, 'blocked', block)) return null;
  const channels = x.shape[1]!;
  // Taps along the depth are further channels, see `stackDepth`.
  const depthTaps = kernel.shape.length === 5 ? kernel.shape[2]! : 1;
  if (groups === 1 && fitsLayout(x, 'blocked', block) && fitsLayout(kernel, 'kernel', block))
    return { input: 'blocked', kernel: 'kernel', isDepthwise: false };
  if (groups === 1 && channels * depthTaps < block && fitsLayout(kernel, 'narrowKernel', block))
    return { input: 'plain', kernel: 'narrowKernel', isDepthwise: false };
  if (kernel.shape.length === 4 && groups === channels && groups === y.shape[1] && fitsLayout(x, 'blocked', block))
    return { input: 'blocked', kernel: 'narrowKernel', isDepthwise: true };
  return null;
}
