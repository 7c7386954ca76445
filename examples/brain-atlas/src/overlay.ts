import { type NDArray, ndarray } from '@delira/core';
import { CLASSES } from './classes.js';

/** One row of the picture: a slice `[height, width]`, what it shows and what was predicted. */
export interface OverlayRow {
  readonly image: NDArray;
  readonly truth: NDArray;
  readonly prediction: NDArray;
}

/** Share of a class's colour in what is seen of it. */
const OPACITY = 0.6;
const GAP = 4;

/**
 * A picture of slices: each row shows the image, the image under the true classes, and under the predicted ones. uint8 `[height, width, 3]`.
 *
 * @param scale how many pixels a voxel is wide and high; default 2.
 */
export function overlay(rows: readonly OverlayRow[], scale = 2): NDArray<'uint8'> {
  const widest = Math.max(...rows.map(({ image }) => image.shape[1]!));
  const width = 3 * widest * scale + 2 * GAP;
  const height = rows.reduce((sum, { image }) => sum + image.shape[0]! * scale + GAP, -GAP);
  const pixels = new Uint8Array(height * width * 3);
  let top = 0;
  for (const { image, truth, prediction } of rows) {
    const [rowHeight, rowWidth] = image.shape as unknown as readonly [number, number];
    const { low, high } = windowOf(image);
    for (const [column, labels] of [null, truth, prediction].entries()) {
      const left = column * (widest * scale + GAP) + Math.floor(((widest - rowWidth) * scale) / 2);
      for (let y = 0; y < rowHeight * scale; y++) {
        for (let x = 0; x < rowWidth * scale; x++) {
          const voxel = Math.floor(y / scale) * rowWidth + Math.floor(x / scale);
          const grey = Math.min(255, (255 * (image.data[voxel]! - low)) / (high - low));
          const label = labels?.data[voxel] ?? 0;
          const share = label === 0 ? 0 : OPACITY;
          CLASSES[label]!.color.forEach((part, channel) => {
            pixels[((top + y) * width + left + x) * 3 + channel] = (1 - share) * grey + share * part;
          });
        }
      }
    }
    top += rowHeight * scale + GAP;
  }
  return ndarray(pixels, [height, width, 3], 'uint8');
}

function windowOf({ data }: NDArray): { readonly low: number; readonly high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return { low, high };
}
