import { type NDArray, ndarray, type Sample } from '@delira/core';
import { type Digit, readDigits, shrinkFor } from './digits.js';

/** Shape of a batch of one channel: [N, 1, ...spatial], in 2D or 3D. */
export type ImageShape = readonly [rows: number, channels: 1, ...spatial: number[]];

/** How bright a digit is in a slice: it fades from its middle, which lies where its class says, towards both sides. */
const fade = (digit: Digit, slice: number, slices: number): number => {
  if (slices === 1) return 1;
  const middle = (slices - 1) * (0.3 + 0.04 * digit.class);
  return Math.max(0, 1 - (2 * Math.abs(slice - middle)) / slices);
};

const paint = (digits: readonly Digit[], [, , ...spatial]: ImageShape): Float32Array => {
  const [height = 1, width = 1] = spatial.slice(-2);
  const slices = spatial.length === 3 ? spatial[0]! : 1;
  const images = new Float32Array(digits.length * slices * height * width);
  digits.forEach((digit, row) => {
    const [top, left] = [Math.floor((height - digit.side) / 2), Math.floor((width - digit.side) / 2)];
    for (let slice = 0; slice < slices; slice++) {
      const first = ((row * slices + slice) * height + top) * width + left;
      const brightness = fade(digit, slice, slices);
      digit.pixels.forEach((pixel, index) => {
        images[first + Math.floor(index / digit.side) * width + (index % digit.side)] = pixel * brightness;
      });
    }
  });
  return images;
};

const batchesOf = async (
  count: number,
  shape: ImageShape,
  labelsOf: (digits: readonly Digit[], images: Float32Array) => NDArray,
): Promise<readonly Sample[]> => {
  const [rows] = shape;
  const digits = await readDigits(0, count * rows, shrinkFor(Math.min(...shape.slice(-2))));
  return Array.from({ length: count }, (_, step) => {
    const chosen = digits.slice(step * rows, (step + 1) * rows);
    const images = paint(chosen, shape);
    return { data: ndarray(images, shape), label: labelsOf(chosen, images) };
  });
};

/**
 * Batches of consecutive real MNIST digits, made as small as the shape needs and centred on a black background: `data` float32
 * [N, 1, ...spatial] in 0…1, `label` int32 [N]. In 3D each fades with the distance from a slice that depends on its class.
 */
export const digitBatches = (count: number, shape: ImageShape): Promise<readonly Sample[]> =>
  batchesOf(count, shape, (digits) =>
    ndarray(
      Int32Array.from(digits, (digit) => digit.class),
      [digits.length],
      'int32',
    ),
  );

/** The same images with `label` int32 [N, ...spatial]: 0 where it is dark, else 1, 2 or 3 by the digit. */
export const digitMasks = (count: number, shape: ImageShape): Promise<readonly Sample[]> =>
  batchesOf(count, shape, (digits, images) => {
    const [rows, , ...spatial] = shape;
    const voxels = images.length / rows;
    const label = Int32Array.from(images, (value, index) =>
      value < 0.3 ? 0 : 1 + (digits[Math.floor(index / voxels)]!.class % 3),
    );
    return ndarray(label, [rows, ...spatial], 'int32');
  });

/** The same images in −1…1, as a generator makes them, and no label. */
export const digitsAlone = async (count: number, shape: ImageShape): Promise<readonly Sample[]> =>
  (await digitBatches(count, shape)).map(({ data }) => ({
    data: ndarray(
      Float32Array.from(data!.data, (value) => 2 * value - 1),
      shape,
    ),
  }));
