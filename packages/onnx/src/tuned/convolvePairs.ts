import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { correlateMaps } from './correlateMaps.js';
import { type SlicePairs, transformTaps } from './depthWinograd.js';
import type { BlockSize } from './Layout.js';
import { moveAxes } from './moveAxes.js';
import { blockedConv, type BlockedConvOptions } from './nchwc.js';
import { padTaps } from './sliceTaps.js';
import { areAllUseful } from './usefulTaps.js';

export type DepthFilters = readonly [before: OnnxValue, own: OnnxValue, after: OnnxValue];

/** Convolution of volumes by four products of maps for each pair of slices: [D · N, O, H, W]. See `suitsWinograd`. */
export function convolvePairs(
  graph: GraphBuilder,
  pairs: SlicePairs,
  filters: DepthFilters,
  batch: number,
  { bias, activation, ...window }: Omit<BlockedConvOptions, 'sum'>,
): OnnxValue {
  const [half, , ...extents] = pairs.first.shape as [number, number, number, number];
  const shape = [half, filters[0].shape[0]!, ...extents];
  const combined = transformTaps(graph, filters);
  const p = blockedConv(graph, pairs.sum(), combined.sum, shape, window);
  const q = blockedConv(graph, pairs.difference(), combined.difference, shape, window);
  const last = {
    ...window,
    ...(bias === undefined ? {} : { bias }),
    ...(activation === undefined ? {} : { activation }),
  };
  const inFirst = graph.binary('Add', p, q);
  const inSecond = graph.binary('Sub', p, q);
  const first = blockedConv(graph, pairs.fromBefore(), filters[0], shape, { ...last, sum: inFirst });
  const negative = graph.node('Neg', [filters[2]], filters[2].shape);
  const second = blockedConv(graph, pairs.toAfter(), negative, shape, { ...last, sum: inSecond });
  const size = (batch * shape[1]! * shape[2]! * shape[3]!) as number;
  const parts = [first, second].map((part) => graph.reshape(part, [half / batch, size]));
  const joined = graph.node('Concat', parts, [half / batch, 2 * size], { attributes: { axis: 1 } });
  return graph.reshape(joined, [2 * half, ...shape.slice(1)]);
}

/** Gradient of `convolvePairs` in the kernel, [O, 3 · C, H, W] in kernel layout: the transposed algorithm, four correlations for six. */
export function correlatePairs(
  graph: GraphBuilder,
  x: SlicePairs,
  dy: SlicePairs,
  window: readonly number[],
  padding: readonly (readonly [number, number])[],
  block: BlockSize,
): OnnxValue {
  const ones = { strides: [1, 1], dilation: [1, 1], padding };
  const correlate = (image: OnnxValue, grad: OnnxValue) =>
    correlateMaps(graph, { x: image, isBlocked: true, y: grad, window }, ones, block);
  const half = graph.scalar(0.5);
  const halved = (value: OnnxValue): OnnxValue => graph.binary('Mul', value, half);
  const sum = halved(correlate(x.sum(), dy.sum()).products);
  const difference = halved(correlate(x.difference(), dy.difference()).products);
  const shared = graph.binary('Sub', sum, difference);
  const { products, taps } = correlate(x.fromBefore(), dy.first);
  const before = graph.binary('Add', shared, products);
  const own = graph.binary('Add', sum, difference);
  const after = graph.binary('Sub', shared, correlate(x.toAfter(), dy.second).products);
  const [channelBlocks, outputBlocks, count, perTap] = before.shape as [number, number, number, number];
  const parts = [before, own, after].map((part) =>
    graph.reshape(moveAxes(graph, part, [1, 0, 2, 3]), [outputBlocks, channelBlocks * count * perTap]),
  );
  const joined = graph.node('Concat', parts, [outputBlocks, 3 * channelBlocks * count * perTap], {
    attributes: { axis: 1 },
  });
  const gradient = graph.reshape(joined, [outputBlocks * block, 3 * channelBlocks * block, ...taps.count]);
  return areAllUseful(taps, window) ? gradient : padTaps(graph, gradient, 'kernel', block, taps.first, window);
}
