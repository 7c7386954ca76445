import type { NDArray } from '@delira/core';

/** `[..., c]` as `[c, ...]`: what lies side by side in a file, one after the other. */
export function componentsFirst({ dtype, shape, data }: NDArray): NDArray {
  const components = shape.at(-1)!;
  const voxels = data.length / components;
  const planar = data.slice();
  for (let component = 0; component < components; component++) {
    for (let i = 0; i < voxels; i++) planar[component * voxels + i] = data[i * components + component]!;
  }
  return { dtype, shape: [components, ...shape.slice(0, -1)], data: planar };
}
