import type { NDArray } from '@delira/core';

/** Where the network places each image, in the order of the test set. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly label: readonly number[];
}

const COLORS = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [214, 39, 40],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
  [127, 127, 127],
  [188, 189, 34],
  [23, 190, 207],
] as const;
const MARGIN = 24;

/**
 * A picture uint8 [3, size, size]: a dot for each image, coloured by its class, and at the middle of each class the digit that lies
 * nearest to it.
 *
 * @param digits uint8 [N, 1, height, width], in the order of the points.
 */
export function drawClouds({ x, y, label }: Points, digits: NDArray, size = 512): NDArray<'uint8'> {
  const data = new Uint8Array(size * size * 3).fill(255);
  const [low, high] = [[...x], [...y]].reduce<[number, number]>(
    ([least, most], values) => [Math.min(least, ...values), Math.max(most, ...values)],
    [Infinity, -Infinity],
  );
  const place = (value: number): number =>
    Math.round(MARGIN + ((value - low) / (high - low || 1)) * (size - 1 - 2 * MARGIN));
  /** @param opacity 0 … 1. */
  const blend = (column: number, row: number, color: readonly number[], opacity: number): void => {
    if (column < 0 || row < 0 || column >= size || row >= size) return;
    for (let channel = 0; channel < 3; channel++) {
      const pixel = (channel * size + row) * size + column;
      data[pixel] = data[pixel]! * (1 - opacity) + color[channel]! * opacity;
    }
  };

  x.forEach((_, i) => {
    const [column, row] = [place(x[i]!), place(y[i]!)];
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      blend(column + dx, row + dy, COLORS[label[i]! % COLORS.length]!, 0.7);
  });

  const [, , height, width] = digits.shape as [number, number, number, number];
  for (const digit of middles({ x, y, label })) {
    const [left, top] = [place(x[digit]!) - width / 2, place(y[digit]!) - height / 2];
    for (let pixel = 0; pixel < height * width; pixel++) {
      const ink = digits.data[digit * height * width + pixel]! / 255;
      blend(Math.round(left) + (pixel % width), Math.round(top) + Math.floor(pixel / width), [0, 0, 0], ink);
    }
  }
  return { dtype: 'uint8', shape: [3, size, size], data };
}

/** For each class the point nearest to its mean. */
function middles({ x, y, label }: Points): readonly number[] {
  return [...new Set(label)].map((wanted) => {
    const members = label.flatMap((value, index) => (value === wanted ? [index] : []));
    const mean = (values: readonly number[]): number =>
      members.reduce((sum, index) => sum + values[index]!, 0) / members.length;
    const [meanX, meanY] = [mean(x), mean(y)];
    const distance = (index: number): number => Math.hypot(x[index]! - meanX, y[index]! - meanY);
    return members.reduce((best, index) => (distance(index) < distance(best) ? index : best));
  });
}
