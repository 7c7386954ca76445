import { ArgumentError, formatShape, type NDArray, sameShape, ShapeError } from '@delira/core';

/** Red, green, blue, each 0 to 255. */
export type Colour = readonly [number, number, number];

export interface OverlayOptions {
  /** Values shown as black and white; default the least and the largest of the image. */
  readonly range?: readonly [black: number, white: number];
  /** Of label 1, 2, …, repeated where there are more labels; default ten colours that are easily told apart. */
  readonly colours?: readonly Colour[];
  /** Of the colour over the image, 0 to 1; default 0.5. */
  readonly opacity?: number;
}

/**
 * A grey image with labels in colour over it, ready to be saved as a PNG. Label 0 is background and stays grey.
 *
 * @param image `[height, width]` or `[1, height, width]`.
 * @param labels whole numbers from 0 on, of the same shape.
 * @returns uint8 `[3, height, width]`.
 * @throws ShapeError when the shapes differ. @throws ArgumentError for an opacity outside of 0 to 1.
 */
export function overlayLabels(image: NDArray, labels: NDArray, options: OverlayOptions = {}): NDArray<'uint8'> {
  const { colours = DISTINCT, opacity = 0.5 } = options;
  const [height, width] = image.shape.slice(-2) as [number, number];
  if (
    !(image.shape.length === 2 || (image.shape.length === 3 && image.shape[0] === 1)) ||
    !sameShape(image.shape, labels.shape)
  ) {
    throw new ShapeError(
      `An image [height, width] and labels of the same shape are needed, got ${formatShape(image.shape)} and ${formatShape(labels.shape)}.`,
    );
  }
  if (!(opacity >= 0 && opacity <= 1) || colours.length === 0)
    throw new ArgumentError(
      `An overlay needs colours and an opacity from 0 to 1, got ${colours.length} and ${opacity}.`,
    );
  const [black, white] = options.range ?? rangeOf(image);
  const span = white > black ? white - black : Infinity;
  const pixels = height * width;
  const data = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const grey = Math.min(255, Math.max(0, ((image.data[i]! - black) / span) * 255));
    const label = labels.data[i]!;
    const colour = label > 0 ? colours[(label - 1) % colours.length] : undefined;
    for (let channel = 0; channel < 3; channel++) {
      const mixed = colour === undefined ? grey : grey + (colour[channel]! - grey) * opacity;
      data[channel * pixels + i] = Math.round(mixed);
    }
  }
  return { dtype: 'uint8', shape: [3, height, width], data };
}

function rangeOf({ data }: NDArray): readonly [number, number] {
  let [least, largest] = [Infinity, -Infinity];
  for (const value of data) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return [least, largest];
}

/** Tableau's ten, as in matplotlib, without its grey. */
const DISTINCT: readonly Colour[] = [
  [214, 39, 40],
  [31, 119, 180],
  [44, 160, 44],
  [255, 127, 14],
  [148, 103, 189],
  [23, 190, 207],
  [227, 119, 194],
  [188, 189, 34],
  [140, 86, 75],
  [255, 255, 255],
];
