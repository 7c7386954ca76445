import { type DataOf, type DType, type Shape, stridesOf } from '@delira/core';

type Numbers = DataOf[DType];

/** Where a window and an image overlap. */
export interface Region {
  /** First voxel in the image. */
  readonly inImage: Shape;
  /** First voxel in the window. */
  readonly inWindow: Shape;
  readonly size: Shape;
}

/** The part of a window that lies in the image; `start` may be negative, and the window may end behind the image. */
export function overlapOf(image: Shape, window: Shape, start: Shape): Region {
  const inImage = start.map((position) => Math.max(position, 0));
  return {
    inImage,
    inWindow: start.map((position) => Math.max(-position, 0)),
    size: window.map((extent, axis) => Math.max(0, Math.min(start[axis]! + extent, image[axis]!) - inImage[axis]!)),
  };
}

/** Calls `visit` for each line of a region along the last axis, with the offsets of its first voxel. */
export function forEachLine(
  image: Shape,
  window: Shape,
  { inImage, inWindow, size }: Region,
  visit: (imageOffset: number, windowOffset: number, length: number) => void,
): void {
  const last = size.length - 1;
  const imageStrides = stridesOf(image);
  const windowStrides = stridesOf(window);
  const walk = (axis: number, imageOffset: number, windowOffset: number): void => {
    const imageStart = imageOffset + inImage[axis]! * imageStrides[axis]!;
    const windowStart = windowOffset + inWindow[axis]! * windowStrides[axis]!;
    if (axis === last) {
      visit(imageStart, windowStart, size[axis]!);
      return;
    }
    for (let index = 0; index < size[axis]!; index++)
      walk(axis + 1, imageStart + index * imageStrides[axis]!, windowStart + index * windowStrides[axis]!);
  };
  if (size.every((extent) => extent > 0)) walk(0, 0, 0);
}

/** Copies a region of an image into a window, both of one dtype. */
export function copyIntoWindow(
  image: { readonly data: Numbers; readonly shape: Shape },
  window: { readonly data: Numbers; readonly shape: Shape },
  region: Region,
): void {
  forEachLine(image.shape, window.shape, region, (imageOffset, windowOffset, length) => {
    window.data.set(image.data.subarray(imageOffset, imageOffset + length), windowOffset);
  });
}
