import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';

/** [N, ...blocks, phases · C] as [N, ...blocks · strides, C]: one axis after the other, in four axes each. */
export function sideBySide(
  kernels: Kernels,
  phases: Tensor,
  {
    samples,
    blocks,
    strides,
    channels,
  }: { readonly samples: number; readonly blocks: Shape; readonly strides: Shape; readonly channels: number },
): Tensor {
  let map = phases;
  let outer = samples;
  let inner = sizeOf(strides) * channels;
  strides.forEach((stride, axis) => {
    inner /= stride;
    const rest = sizeOf(blocks.slice(axis + 1));
    if (stride > 1 && rest > 1) {
      const split = kernels.reshape(map, [outer * blocks[axis]!, rest, stride, inner]);
      map = kernels.transpose(split, [0, 2, 1, 3]);
    }
    outer *= blocks[axis]! * stride;
  });
  return kernels.reshape(map, [samples, ...blocks.map((count, axis) => count * strides[axis]!), channels]);
}
