import type { NDArray } from '@delira/core';

const GAP = 2;

/**
 * Images side by side in one picture, uint8 [height, width], on a grey ground.
 *
 * @param images float32 [N, 1, height, width] from −1 to 1.
 */
export function drawGrid({ data, shape }: NDArray, columns: number): NDArray<'uint8'> {
  const [count, , height, width] = shape as [number, number, number, number];
  const rows = Math.ceil(count / columns);
  const [tall, wide] = [rows * (height + GAP) + GAP, columns * (width + GAP) + GAP];
  const picture = new Uint8Array(tall * wide).fill(128);
  for (let image = 0; image < count; image++) {
    const top = GAP + Math.floor(image / columns) * (height + GAP);
    const left = GAP + (image % columns) * (width + GAP);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        picture[(top + y) * wide + left + x] = Math.round(127.5 * (data[(image * height + y) * width + x]! + 1));
  }
  return { dtype: 'uint8', shape: [tall, wide], data: picture };
}
