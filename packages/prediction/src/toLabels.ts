import { ArgumentError, type NDArray, ndarray, sizeOf } from '@delira/core';

/**
 * The class with the highest score, the first of equal ones: scores `[K, ...spatial]` become uint8 class numbers `[...spatial]`.
 *
 * @throws ArgumentError for more than 256 classes.
 */
export function toLabels({ data, shape }: NDArray): NDArray<'uint8'> {
  const [classes = 1, ...spatial] = shape;
  if (classes > 256) throw new ArgumentError(`uint8 holds 256 classes, but the scores are of ${classes}.`);
  const positions = sizeOf(spatial);
  const labels = new Uint8Array(positions);
  const highest = data.slice(0, positions);
  for (let label = 1; label < classes; label++) {
    for (let position = 0; position < positions; position++) {
      const score = data[label * positions + position]!;
      if (score > highest[position]!) {
        highest[position] = score;
        labels[position] = label;
      }
    }
  }
  return ndarray(labels, spatial, 'uint8');
}
