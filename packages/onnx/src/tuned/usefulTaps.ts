import type { ConvAttrs, Shape } from '@delira/core';

/** A kernel's taps along each axis that ever meet the input rather than padding, and the low padding that is left for them. */
export interface UsefulTaps {
  readonly first: Shape;
  readonly count: Shape;
  readonly low: Shape;
}

/**
 * On maps smaller than the kernel some taps see nothing but padding: on a map of one pixel a 3×3 kernel padded by one has a single
 * useful tap. Leaving the others out saves up to 8/9 of the work.
 */
export function usefulTaps(
  input: Shape,
  kernel: Shape,
  output: Shape,
  { strides, padding, dilation }: Pick<ConvAttrs, 'strides' | 'padding' | 'dilation'>,
): UsefulTaps {
  const axes = kernel.map((extent, axis) => {
    const [stride, step, low] = [strides[axis]!, dilation[axis]!, padding[axis]![0]];
    const meets = (tap: number): boolean => {
      // Positions of this tap: tap · step − low + stride · i for every output i.
      const start = tap * step - low;
      return Array.from({ length: output[axis]! }, (_, index) => start + stride * index).some(
        (position) => position >= 0 && position < input[axis]!,
      );
    };
    const taps = Array.from({ length: extent }, (_, tap) => tap).filter(meets);
    const [first, last] = taps.length === 0 ? [0, extent - 1] : [taps[0]!, taps.at(-1)!];
    return { first, count: last - first + 1, low: low - first * step };
  });
  return {
    first: axes.map(({ first }) => first),
    count: axes.map(({ count }) => count),
    low: axes.map(({ low }) => low),
  };
}

export function areAllUseful({ count }: UsefulTaps, kernel: Shape): boolean {
  return count.every((extent, axis) => extent === kernel[axis]);
}
