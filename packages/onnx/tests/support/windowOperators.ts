import { type Shape, sizeOf } from '@delira/core';
import type { OnnxNode } from '../../src/index.js';
import { indicesOf, integer, list, type Operator, reshape, transpose, type Value, valueOf } from './values.js';

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

/** Calls `visit` with every input position a window meets; positions in the padding are left out. */
export function overWindow(
  x: Shape,
  [row, column]: readonly [number, number],
  { kernel, strides, dilations, pads }: Window,
  visit: (y: number, x: number, tap: number) => void,
): void {
  for (let i = 0; i < kernel[0]!; i++) {
    for (let j = 0; j < kernel[1]!; j++) {
      const y = row * strides[0]! + i * dilations[0]! - pads[0]!;
      const z = column * strides[1]! + j * dilations[1]! - pads[1]!;
      if (y >= 0 && z >= 0 && y < x[2]! && z < x[3]!) visit(y, z, i * kernel[1]! + j);
    }
  }
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
  const [, channels, height, width] = x.shape as [number, number, number, number];
  return valueOf(shape, (index) => {
    const [image, output, row, column] = indicesOf(index, shape) as [number, number, number, number];
    const first = Math.floor(output / (outputs / groups)) * perGroup;
    let sum = 0;
    overWindow(x.shape, [row, column], window, (y, z, tap) => {
      for (let channel = 0; channel < perGroup; channel++) {
        sum +=
          x.data[((image * channels + first + channel) * height + y) * width + z]! *
          filter.data[(output * perGroup + channel) * taps + tap]!;
      }
    });
    return sum;
  });
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

export function maxPool(x: Value, window: Window): Value {
  const shape = slidingShape(x.shape, x.shape[1]!, window);
  const [, channels, height, width] = x.shape as [number, number, number, number];
  return valueOf(shape, (index) => {
    const [image, channel, row, column] = indicesOf(index, shape) as [number, number, number, number];
    let largest = -Infinity;
    overWindow(x.shape, [row, column], window, (y, z) => {
      largest = Math.max(largest, x.data[((image * channels + channel) * height + y) * width + z]!);
    });
    return largest;
  });
}

/** Values and, in the flat input, indices of the first maximum of each window. */
export const maxPoolWithIndices: Operator = ([x], node) => {
  const window = windowOf(node);
  const [, channels, height, width] = x!.shape as [number, number, number, number];
  const shape = slidingShape(x!.shape, channels, window);
  const indices = valueOf(shape, (index) => {
    const [image, channel, row, column] = indicesOf(index, shape) as [number, number, number, number];
    let first = -1;
    overWindow(x!.shape, [row, column], window, (y, z) => {
      const position = ((image * channels + channel) * height + y) * width + z;
      if (first === -1 || x!.data[position]! > x!.data[first]!) first = position;
    });
    return first;
  });
  return [valueOf(shape, (index) => x!.data[indices.data[index]!]!), indices];
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
  const [height, width] = spatial as [number, number];
  const taps = sizeOf(kernel);
  y!.data.forEach((value, index) => {
    const [image, output, row, column] = indicesOf(index, y!.shape) as [number, number, number, number];
    overWindow(result.shape, [row, column], window, (top, left, tap) => {
      for (let channel = 0; channel < channels; channel++) {
        const position = ((image * channels + channel) * height + top) * width + left;
        result.data[position] =
          result.data[position]! + value * filter!.data[(output * channels + channel) * taps + tap]!;
      }
    });
  });
  return [result];
};
