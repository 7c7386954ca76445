import type { NDArray } from '@delira/core';

/** Whether a sample's class was predicted, beside its picture. */
export interface Judged {
  readonly data: NDArray;
  readonly isRight: boolean;
}

const FRAME = 3;
const GAP = 3;

/**
 * Rows of pictures, uint8 [3, height, width]: framed in green where the class was predicted, in red where another one was.
 *
 * @param rows of pictures float32 [1 or 3, size, size] from 0 to 1.
 */
export function drawSheet(rows: readonly (readonly Judged[])[]): NDArray<'uint8'> {
  const size = rows[0]![0]!.data.shape[1]!;
  const cell = size + 2 * FRAME + GAP;
  const [height, width] = [rows.length * cell + GAP, Math.max(...rows.map(({ length }) => length)) * cell + GAP];
  const sheet = new Uint8Array(3 * height * width).fill(255);
  const paint = (channel: number, y: number, x: number, value: number): void => {
    sheet[(channel * height + y) * width + x] = value;
  };
  rows.forEach((row, line) =>
    row.forEach(({ data, isRight }, column) => {
      const [top, left] = [GAP + line * cell, GAP + column * cell];
      const color = isRight ? [44, 160, 44] : [214, 39, 40];
      for (let channel = 0; channel < 3; channel++) {
        const plane = (data.shape[0] === 1 ? 0 : channel) * size * size;
        for (let y = 0; y < size + 2 * FRAME; y++) {
          for (let x = 0; x < size + 2 * FRAME; x++) {
            const [row, col] = [y - FRAME, x - FRAME];
            const isInside = row >= 0 && row < size && col >= 0 && col < size;
            const value = isInside ? 255 * data.data[plane + row * size + col]! : color[channel]!;
            paint(channel, top + y, left + x, Math.round(value));
          }
        }
      }
    }),
  );
  return { dtype: 'uint8', shape: [3, height, width], data: sheet };
}
