import { type NDArray, ndarray, type Sample, type Shape, sizeOf } from '@delira/core';

/** `[C, ...spatial]` of the coordinates themselves: channel i holds where a voxel lay along axis i. */
export function coordinates(spatial: Shape): NDArray {
  const size = sizeOf(spatial);
  const data = new Float32Array(spatial.length * size);
  for (let voxel = 0; voxel < size; voxel++)
    placeOf(voxel, spatial).forEach((index, axis) => (data[axis * size + voxel] = index));
  return ndarray(data, [spatial.length, ...spatial]);
}

/** A mask in which every voxel has a number of its own, from 1 on; 0 is left for what lies outside. */
export function numbers(spatial: Shape, channelAxis: boolean): NDArray {
  const data = Int32Array.from({ length: sizeOf(spatial) }, (_, voxel) => voxel + 1);
  return ndarray(data, channelAxis ? [1, ...spatial] : spatial, 'int32');
}

/** Where the voxel with this offset lies. */
export function placeOf(voxel: number, spatial: Shape): readonly number[] {
  let rest = voxel;
  return spatial.map((_, axis) => {
    const stride = sizeOf(spatial.slice(axis + 1));
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    return index;
  });
}

/** An image, masks with and without channel axis, and a class. */
export function sampleOf(spatial: Shape): Sample {
  return {
    data: coordinates(spatial),
    label: numbers(spatial, false),
    seg: numbers(spatial, true),
    class: ndarray([3], [], 'int32'),
  };
}

/** Copies all memory, to see later whether it changed. */
export function copyOf(sample: Sample): Sample {
  return structuredClone(sample);
}
