import { type Padding, pad, sameShape, type Shape, slice, type Tensor } from '@delira/core';

/**
 * How images whose extents are no multiples of what a U-Net's poolings need are padded, evenly on both sides (an odd pixel goes to the
 * high one), and how what was computed of them is cut back.
 */
export class SpatialFit {
  readonly #padding: Padding;

  constructor(
    private readonly spatial: Shape,
    multiple: number,
  ) {
    this.#padding = spatial.map((extent) => {
      const extra = Math.ceil(extent / multiple) * multiple - extent;
      return [Math.floor(extra / 2), Math.ceil(extra / 2)];
    });
  }

  /** [..., ...spatial] with zeros around. */
  pad(x: Tensor): Tensor {
    if (this.#padding.every(([low, high]) => low + high === 0)) return x;
    const leading = x.shape.slice(0, -this.spatial.length).map(() => [0, 0] as const);
    return pad(x, [...leading, ...this.#padding]);
  }

  /**
   * What lies inside the image of values [N, C, ...] computed at 1 / factor of the padded resolution: the cells whose centre (of an even
   * number of pixels, the second of the two in the middle) is one of its pixels.
   */
  crop(x: Tensor, factor = 1): Tensor {
    const leading = x.shape.slice(0, -this.spatial.length);
    const start = this.spatial.map((_, axis) => this.#first(axis, factor));
    const size = this.spatial.map((extent, axis) => {
      const last = Math.floor((this.#padding[axis]![0] + extent - 1 - Math.floor(factor / 2)) / factor);
      return last - start[axis]! + 1;
    });
    const shape = [...leading, ...size];
    return sameShape(shape, x.shape) ? x : slice(x, [...leading.map(() => 0), ...start], shape);
  }

  #first(axis: number, factor: number): number {
    return Math.ceil((this.#padding[axis]![0] - Math.floor(factor / 2)) / factor);
  }

  /**
   * Labels [N, ...spatial] at the centre of each cell that `crop` keeps: what nnU-Net's downsampling (`nearest-exact`) takes.
   */
  sample(label: Tensor, factor: number): Tensor {
    const [rows] = label.shape as [number];
    const padded = this.pad(label);
    const cells = padded.shape.slice(1).map((extent) => extent / factor);
    const split = padded.reshape([rows, ...cells.flatMap((count) => [count, factor])]);
    const centre = slice(
      split,
      [0, ...cells.flatMap(() => [0, Math.floor(factor / 2)])],
      [rows, ...cells.flatMap((count) => [count, 1])],
    );
    return this.crop(centre.reshape([rows, ...cells]), factor);
  }
}
