import { boxOf, type Brain } from '@delira/brain-atlas';
import {
  gridOf,
  indexToWorld,
  resampleToSpacing,
  type Vector3,
  type Volume,
  volume,
  worldToIndex,
} from '@delira/imaging';

export type Range = readonly [first: number, end: number];

/** A brain with larger voxels. */
export interface CoarseBrain {
  /** float32 `[z, y, x]`, the planes that the atlas covers. */
  readonly image: Volume;
  /** uint8 on the same grid. */
  readonly labels: Volume;
  /** The x whose voxels lie in the training hemisphere with all that they were made of. */
  readonly train: Range;
  readonly test: Range;
  /** The x in the middle, which belongs to neither. */
  readonly midplane: number;
}

export function coarsen(brain: Brain, spacing: Vector3): CoarseBrain {
  // Around the head it is as dark as anywhere in the image.
  const dark = (brain.image.array.data as Float32Array).reduce((least, value) => Math.min(least, value));
  const image = resampleToSpacing(covered(brain, brain.image), spacing, { fill: dark });
  const labels = resampleToSpacing(covered(brain, brain.labels), spacing, { interpolation: 'nearest' });
  const at = (x: number): number => worldToIndex(image, indexToWorld(brain.image, [x, 0, 0]))[0];
  const { test, train } = brain.hemispheres;
  const width = gridOf(image).size[0];
  const range = ([first, end]: Range): Range => [
    Math.max(0, Math.ceil(at(first))),
    Math.min(width, Math.floor(at(end - 1)) + 1),
  ];
  return {
    image,
    labels,
    test: range(test),
    train: range(train),
    midplane: Math.round(at((test[1] - 1 + train[0]) / 2)),
  };
}

/** A volume without the planes that the atlas does not cover. */
function covered({ covered: planes }: Brain, { array, ...geometry }: Volume): Volume {
  const [, height, width] = array.shape as unknown as Vector3;
  const origin = indexToWorld(geometry, [0, 0, planes[0]]);
  return volume(boxOf(array, [planes, [0, height], [0, width]]), { ...geometry, origin });
}
