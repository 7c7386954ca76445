import type { NDArray } from '@delira/core';
import type { SiteConfig } from './SiteConfig.js';

/** Share of a class's colour in what is seen of it. */
const OPACITY = 0.6;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, as a canvas wants them. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** A slice `[1, height, width]` in grey, with its classes in colours or without. */
export function drawSlice({ data, shape }: NDArray, labels: NDArray | null, colors: SiteConfig['colors']): Picture {
  const [, height, width] = shape as unknown as readonly [number, number, number];
  let brightest = 1;
  for (const value of data) brightest = Math.max(brightest, value);
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let voxel = 0; voxel < data.length; voxel++) {
    const label = labels?.data[voxel] ?? 0;
    const share = label === 0 ? 0 : OPACITY;
    const grey = (255 * data[voxel]!) / brightest;
    colors[label]!.forEach((part, channel) => {
      pixels[4 * voxel + channel] = (1 - share) * grey + share * part;
    });
    pixels[4 * voxel + 3] = 255;
  }
  return { width, height, pixels };
}
