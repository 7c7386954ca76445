import { type NDArray, sizeOf } from '@delira/core';

/**
 * How often to draw each image of labels `[M, ...spatial]`, so that all classes are met alike: an image counts for each of its classes the
 * more, the fewer images have it. The background is everywhere and does not count.
 */
export function imageWeights({ data, shape }: NDArray): readonly number[] {
  const [count = 0, ...spatial] = shape;
  const size = sizeOf(spatial);
  const classes = Array.from({ length: count }, (_, image) => {
    const present = new Set<number>(data.subarray(image * size, (image + 1) * size));
    present.delete(0);
    return [...present];
  });
  const images: number[] = [];
  for (const present of classes) for (const label of present) images[label] = (images[label] ?? 0) + 1;
  return classes.map((present) => present.reduce((sum, label) => sum + 1 / images[label]!, 0));
}
