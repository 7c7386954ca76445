import { createRng, type NDArray, ndarray, type Rng, zeros } from '@delira/core';

/** Standard normal images of a shape. */
export function randomImages(shape: readonly number[], rng: Rng): NDArray {
  const images = zeros(shape);
  rng.fillNormal(images.data);
  return images;
}

/** Class numbers below `classes`, int32. */
export function randomLabels(shape: readonly number[], classes: number, rng: Rng): NDArray {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return ndarray(
    Int32Array.from({ length: count }, () => rng.int(classes)),
    shape,
    'int32',
  );
}

/** `data` [N, C, ...spatial] and one class number per image. */
export function imagesWithClass(shape: readonly number[], classes: number, seed: number) {
  const rng = createRng(seed);
  return { data: randomImages(shape, rng), label: randomLabels(shape.slice(0, 1), classes, rng) };
}

/** `data` [N, C, ...spatial] and one class number per pixel. */
export function imagesWithMask(shape: readonly number[], classes: number, seed: number) {
  const rng = createRng(seed);
  const [batch = 1, , ...spatial] = shape;
  return { data: randomImages(shape, rng), label: randomLabels([batch, ...spatial], classes, rng) };
}
