import { type Shape, sizeOf } from '@delira/core';
import type { OnnxNode } from '../../src/index.js';
import { integer, list, type Operator, reshape, transpose, type Value, valueOf } from './values.js';

/** [N, C, H, W] whose memory is [N, C/B, H, W, B], as plain. */
export function unblocked(x: Value, block: number): Value {
  const [batch, channels, ...extents] = x.shape as [number, number, number, number];
  return reshape(transpose(reshape(x, [batch, channels / block, ...extents, block]), [0, 1, 4, 2, 3]), x.shape);
}

export function blocked(x: Value, block: number): Value {
  const [batch, channels, ...extents] = x.shape as [number, number, number, number];
  return reshape(transpose(reshape(x, [batch, channels / block, block, ...extents]), [0, 1, 3, 4, 2]), x.shape);
}

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

export function windowOf({ attributes }: OnnxNode): Window {
  return {
    kernel: list(attributes['kernel_shape']),
    strides: list(attributes['strides'], [1, 1]),
    dilations: list(attributes['dilations'], [1, 1]),
    pads: list(attributes['pads'], [0, 0, 0, 0]),
  };
}

/** Where a window at these indices meets a map: positions in the map, and in the kernel. What is in the padding is left out. */
function meetings(
  [, , height, width]: Shape,
  [row, column]: readonly [number, number],
  { kernel, strides, dilations, pads }: Window,
): readonly (readonly [position: number, tap: number])[] {
  const found: [number, number][] = [];
  for (let i = 0; i < kernel[0]!; i++) {
    for (let j = 0; j < kernel[1]!; j++) {
      const y = row * strides[0]! + i * dilations[0]! - pads[0]!;
      const x = column * strides[1]! + j * dilations[1]! - pads[1]!;
      if (y >= 0 && x >= 0 && y < height! && x < width!) found.push([y * width! + x, i * kernel[1]! + j]);
    }
  }
  return found;
}

export function slidingShape(x: Shape, channels: number, { kernel, strides, dilations, pads }: Window): Shape {
  const extents = [0, 1].map(
    (axis) =>
      Math.floor(
        (x[axis + 2]! + pads[axis]! + pads[axis + 2]! - dilations[axis]! * (kernel[axis]! - 1) - 1) / strides[axis]!,
      ) + 1,
  );
  return [x[0]!, channels, ...extents];
}

/** Convolution of plain operands. */
export function convolve(x: Value, filter: Value, groups: number, window: Window): Value {
  const [outputs, perGroup] = filter.shape as [number, number];
  const shape = slidingShape(x.shape, outputs, window);
  const taps = sizeOf(window.kernel);
  const [images, channels, height, width] = x.shape as [number, number, number, number];
  const [, , rows, columns] = shape as [number, number, number, number];
  const result = valueOf(shape, () => 0);
  for (let place = 0; place < rows * columns; place++) {
    const met = meetings(x.shape, [Math.floor(place / columns), place % columns], window);
    for (let row = 0; row < images * outputs; row++) {
      const output = row % outputs;
      const first = ((row - output) / outputs) * channels + Math.floor(output / (outputs / groups)) * perGroup;
      let sum = 0;
      for (const [position, tap] of met) {
        for (let channel = 0; channel < perGroup; channel++) {
          sum +=
            x.data[(first + channel) * height * width + position]! *
            filter.data[(output * perGroup + channel) * taps + tap]!;
        }
      }
      result.data[row * rows * columns + place] = sum;
    }
  }
  return result;
}

/** The engine's rule: what a filter's memory means depends on the channels of a group. */
export function plainFilter(filter: Value, block: number): Value {
  const [outputs, perGroup, height, width] = filter.shape as [number, number, number, number];
  const taps = height * width;
  if (perGroup < block) {
    return reshape(transpose(reshape(filter, [outputs / block, perGroup * taps, block]), [0, 2, 1]), filter.shape);
  }
  const split = reshape(filter, [outputs / block, perGroup / block, taps, block, block]);
  return reshape(transpose(split, [0, 4, 1, 3, 2]), filter.shape);
}

export const blockedConv: Operator = ([x, filter, bias, sum], node, block) => {
  const groups = integer(node.attributes['group'], 1);
  const isNarrow = x!.shape[1]! / groups < block && groups === 1;
  const plain = convolve(isNarrow ? x! : unblocked(x!, block), plainFilter(filter!, block), groups, windowOf(node));
  const [, channels, height, width] = plain.shape as [number, number, number, number];
  const biased = valueOf(
    plain.shape,
    (index) => plain.data[index]! + (bias?.data[Math.floor(index / (height * width)) % channels] ?? 0),
  );
  const result = blocked(biased, block);
  const { activation, activation_params: parameters } = node.attributes;
  const slope = activation === 'LeakyRelu' ? (parameters as { readonly floats: readonly number[] }).floats[0]! : 0;
  return [
    valueOf(result.shape, (index) => {
      const value = result.data[index]! + (sum?.data[index] ?? 0);
      return activation === undefined ? value : Math.max(0, value) + slope * Math.min(0, value);
    }),
  ];
};

/** Positions in the flat input of the first maximum of each window. */
function firstMaxima(x: Value, window: Window): Value {
  const shape = slidingShape(x.shape, x.shape[1]!, window);
  const [, , rows, columns] = shape as [number, number, number, number];
  const area = x.shape[2]! * x.shape[3]!;
  const places = Array.from({ length: rows * columns }, (_, place) =>
    meetings(x.shape, [Math.floor(place / columns), place % columns], window),
  );
  return valueOf(shape, (index) => {
    const map = Math.floor(index / places.length) * area;
    return places[index % places.length]!.reduce(
      (first, [position]) => (first === -1 || x.data[map + position]! > x.data[first]! ? map + position : first),
      -1,
    );
  });
}

export function maxPool(x: Value, window: Window): Value {
  const indices = firstMaxima(x, window);
  return valueOf(indices.shape, (index) => x.data[indices.data[index]!]!);
}

/** Values and, in the flat input, indices of the first maximum of each window. */
export const maxPoolWithIndices: Operator = ([x], node) => {
  const window = windowOf(node);
  return [maxPool(x!, window), firstMaxima(x!, window)];
};

export const convTranspose: Operator = ([y, filter], node) => {
  const window = windowOf(node);
  const { kernel, strides, dilations, pads } = window;
  const added = list(node.attributes['output_padding'], [0, 0]);
  const [batch, , ...extents] = y!.shape as [number, number, number, number];
  const channels = filter!.shape[1]!;
  const spatial = [0, 1].map(
    (axis) =>
      strides[axis]! * (extents[axis]! - 1) +
      added[axis]! +
      dilations[axis]! * (kernel[axis]! - 1) +
      1 -
      pads[axis]! -
      pads[axis + 2]!,
  );
  const result = valueOf([batch, channels, ...spatial], () => 0);
  const area = sizeOf(spatial);
  const taps = sizeOf(kernel);
  const [, outputs, rows, columns] = y!.shape as [number, number, number, number];
  for (let place = 0; place < rows * columns; place++) {
    const met = meetings(result.shape, [Math.floor(place / columns), place % columns], window);
    for (let row = 0; row < batch * outputs; row++) {
      const output = row % outputs;
      const first = ((row - output) / outputs) * channels;
      const value = y!.data[row * rows * columns + place]!;
      for (const [position, tap] of met) {
        for (let channel = 0; channel < channels; channel++) {
          const target = (first + channel) * area + position;
          result.data[target] =
            result.data[target]! + value * filter!.data[(output * channels + channel) * taps + tap]!;
        }
      }
    }
  }
  return [result];
};
