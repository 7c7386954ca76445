import type { Primitives } from '@delira/core';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';

export const lowerReshape: OnnxLowering<Primitives['reshape']> = (graph, [x], { shape }) => [graph.reshape(x!, shape)];

export const lowerTranspose: OnnxLowering<Primitives['transpose']> = (graph, [x], { perm }) => [
  graph.transpose(x!, perm),
];

export const lowerBroadcastTo: OnnxLowering<Primitives['broadcastTo']> = (graph, [x], { shape }) => [
  graph.node('Expand', [x!, graph.int64(shape)], shape),
];

export const lowerConcat: OnnxLowering<Primitives['concat']> = (graph, inputs, { axis }, out) => [
  graph.node('Concat', inputs, out[0]!.shape, { attributes: { axis } }),
];

export const lowerSlice: OnnxLowering<Primitives['slice']> = (graph, [x], { start, size }) => [
  graph.slice(
    x!,
    start,
    start.map((from, axis) => from + size[axis]!),
    start.map((_, axis) => axis),
  ),
];

export const lowerPad: OnnxLowering<Primitives['pad']> = (graph, [x], { padding }, out) => [
  graph.node(
    'Pad',
    [x!, graph.int64([...padding.map(([low]) => low), ...padding.map(([, high]) => high)])],
    out[0]!.shape,
  ),
];
