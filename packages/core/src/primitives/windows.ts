import { ShapeError } from '../errors/index.js';
import { formatShape, type Shape } from '../ndarray/index.js';
import type { ConvAttrs, Padding } from '../ir/index.js';

/**
 * Extent of each spatial axis after a window of extent `kernel` slid over it:
 * ⌊(n + low + high − dilation · (k − 1) − 1) / stride⌋ + 1.
 *
 * @throws ShapeError when the window is larger than the padded input.
 */
export function slidingExtent(
  name: string,
  spatial: Shape,
  kernel: Shape,
  attrs: { readonly strides: Shape; readonly padding: Padding; readonly dilation?: Shape },
): Shape {
  const rank = spatial.length;
  if ([kernel, attrs.strides, attrs.padding, attrs.dilation ?? kernel].some((list) => list.length !== rank)) {
    throw new ShapeError(
      `${name}: kernel, strides, padding and dilation need one entry for each of the ${rank} spatial axes.`,
    );
  }
  return spatial.map((extent, axis) => {
    const [low, high] = attrs.padding[axis]!;
    const reach = (attrs.dilation?.[axis] ?? 1) * (kernel[axis]! - 1) + 1;
    const stride = attrs.strides[axis]!;
    if (stride < 1 || (attrs.dilation?.[axis] ?? 1) < 1 || low < 0 || high < 0)
      throw new ShapeError(`${name}: strides and dilation must be at least 1, padding at least 0.`);
    const steps = Math.floor((extent + low + high - reach) / stride) + 1;
    if (steps < 1) {
      throw new ShapeError(
        `${name}: the window ${formatShape(kernel)} is larger than the padded input ${formatShape(spatial)} along spatial axis ${axis}. Use a larger input, a smaller kernel or more padding.`,
      );
    }
    return steps;
  });
}

/** Output shape of a convolution of x [N, C, ...spatial] with a kernel [O, C / groups, ...window]. */
export function convolvedShape(name: string, x: Shape, kernel: Shape, attrs: ConvAttrs): Shape {
  if (x.length < 3 || x.length > 5 || kernel.length !== x.length) {
    throw new ShapeError(
      `${name}: expected an input [N, C, ...spatial] with 1 to 3 spatial axes and a kernel of the same rank, got ${formatShape(x)} and ${formatShape(kernel)}.`,
    );
  }
  const [, channels] = x;
  const [outputs, channelsPerGroup] = kernel;
  const { groups } = attrs;
  if (groups < 1 || outputs! % groups !== 0 || channelsPerGroup! * groups !== channels) {
    throw new ShapeError(
      `${name}: the input ${formatShape(x)} has ${channels} channels, but the kernel ${formatShape(kernel)} with ${groups} group(s) takes ${channelsPerGroup! * groups}.`,
    );
  }
  return [x[0]!, outputs!, ...slidingExtent(name, x.slice(2), kernel.slice(2), attrs)];
}
