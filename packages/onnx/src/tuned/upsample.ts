import { type Primitives, type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { convolveDeferred } from './convolve.js';
import type { BlockSize } from './Layout.js';
import { blockedConv, type Epilogue } from './nchwc.js';
import { transposedBlocks } from './transposedFilter.js';
import type { Deferred } from './TunedValues.js';

type Attrs = Primitives['convTranspose'];

/** Positions of the phases of a stride back between one another: [N, s·s·C, h, w] → [N, C, s·h, s·w]. */
export function interleave(
  graph: GraphBuilder,
  phases: OnnxValue,
  channels: number,
  strides: Shape,
  block: BlockSize,
): OnnxValue {
  const [batch, , height, width] = phases.shape as [number, number, number, number];
  const [down, across] = strides as [number, number];
  const apart = graph.reshape(phases, [batch, down, across, channels / block, height, width, block]);
  return graph.reshape(graph.transpose(apart, [0, 3, 4, 1, 5, 2, 6]), [batch, channels, height * down, width * across]);
}

/** Whether a transposed convolution turns each pixel into a box of its own: a U-Net's way up. */
export function isUpsampling(given: Shape, window: Shape, { strides, padding, spatial }: Attrs): boolean {
  return window.every(
    (extent, axis) =>
      extent === strides[axis] &&
      padding[axis]!.every((amount) => amount === 0) &&
      spatial[axis] === extent * given[axis]!,
  );
}

/** A filter [O, C, ...window] in kernel layout as one of 1×1 from O to the taps' C channels, tap by tap. */
function filterOfTaps(graph: GraphBuilder, filter: OnnxValue, block: BlockSize): OnnxValue {
  const [outputs, channels, ...window] = filter.shape as [number, number, ...number[]];
  const taps = sizeOf(window);
  const order: number[] = [];
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels / block; channel++) {
      for (let output = 0; output < outputs / block; output++)
        order.push((output * (channels / block) + channel) * taps + tap);
    }
  }
  return graph.reshape(transposedBlocks(graph, filter, order, block), [taps * channels, outputs, 1, 1]);
}

/** One 1×1 convolution to the channels of all phases, which takes on bias and activation; then the phases are interleaved. */
export function deferUpsampling(
  graph: GraphBuilder,
  y: OnnxValue,
  filter: OnnxValue,
  { strides }: Attrs,
  block: BlockSize,
): Deferred {
  const [batch, , ...extents] = y.shape as [number, number, number, number];
  const channels = filter.shape[1]!;
  const phases = sizeOf(strides);
  const emit = ({ bias, ...rest }: Epilogue): OnnxValue => {
    const repeated =
      bias === undefined
        ? {}
        : {
            bias: graph.node('Concat', new Array<OnnxValue>(phases).fill(bias), [phases * channels], {
              attributes: { axis: 0 },
            }),
          };
    const shape = [batch, phases * channels, ...extents];
    const stacked = blockedConv(graph, y, filterOfTaps(graph, filter, block), shape, {
      kernel: [1, 1],
      ...repeated,
      ...rest,
    });
    return interleave(graph, stacked, channels, strides, block);
  };
  // A sum lies between the interleaved positions.
  return { epilogue: {}, emit: (epilogue) => convolveDeferred(graph, emit, true, epilogue) };
}
