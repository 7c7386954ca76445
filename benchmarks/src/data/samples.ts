import { type Sample, sizeOf } from '@delira/core';

/** A ball and waves in it: an image `[1, ...size]` and a mask `[...size]` of three classes. */
export function createSample(size: readonly number[], index: number): Sample {
  const data = new Float32Array(sizeOf(size));
  const label = new Int32Array(data.length);
  const place = size.map(() => 0);
  for (let voxel = 0; voxel < data.length; voxel++) {
    let [radius, waves] = [0, 0];
    place.forEach((position, axis) => {
      const coordinate = (2 * position) / (size[axis]! - 1) - 1;
      radius += coordinate * coordinate;
      waves += Math.sin((3 + index + axis) * coordinate);
    });
    label[voxel] = (radius < 0.6 ? 1 : 0) + (radius < 0.2 ? 1 : 0);
    data[voxel] = label[voxel]! + 0.3 * waves;
    for (let axis = size.length - 1; axis >= 0; axis--) {
      const next = place[axis]! + 1;
      place[axis] = next < size[axis]! ? next : 0;
      if (next < size[axis]!) break;
    }
  }
  return {
    data: { dtype: 'float32', shape: [1, ...size], data },
    label: { dtype: 'int32', shape: size, data: label },
  };
}
