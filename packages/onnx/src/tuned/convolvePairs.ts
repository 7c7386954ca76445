import type { Padding, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { correlateMaps } from './correlateMaps.js';
import { gatherRows } from './gatherRows.js';
import type { BlockSize } from './Layout.js';
import { blockedConv, type Epilogue } from './nchwc.js';
import { combine, halfShape, joinPairs, type Pairs, viewOfTaps } from './pairs.js';
import { padTaps } from './sliceTaps.js';
import { areAllUseful } from './usefulTaps.js';

/** What is left of a window or of its padding for maps of half the positions: rows lie in these maps, slices do not. */
function withinHalves<T>(all: readonly T[], ofPairs: T): readonly T[] {
  return all.length === 3 ? all.slice(1) : [ofPairs, ...all.slice(1)];
}

/**
 * Convolution of a value of `shape`, [N, O, ...spatial], by four products of maps for each pair of positions along the first spatial axis.
 * `filter` is in kernel layout, `kernel` its nominal shape. See `suitsPairs`.
 */
export function convolvePairs(
  graph: GraphBuilder,
  pairs: Pairs,
  { filter, kernel }: { readonly filter: OnnxValue; readonly kernel: Shape },
  shape: Shape,
  {
    bias,
    activation,
    padding,
    block,
  }: Omit<Epilogue, 'sum'> & { readonly padding: Padding; readonly block: BlockSize },
): OnnxValue {
  const half = halfShape(shape);
  const window = withinHalves(kernel.slice(2), 1);
  const taps = (...weights: readonly number[]): OnnxValue =>
    graph.reshape(combine(graph, filter, viewOfTaps(kernel, block), { weights }), [...kernel.slice(0, 2), ...window]);
  const options = { kernel: window, padding: withinHalves<Padding[number]>(padding, [0, 0]) };
  const p = blockedConv(graph, pairs.sum(), taps(0.5, 0.5, 0.5), half, options);
  const q = blockedConv(graph, pairs.difference(), taps(0.5, -0.5, 0.5), half, options);
  const last = {
    ...options,
    ...(bias === undefined ? {} : { bias }),
    ...(activation === undefined ? {} : { activation }),
  };
  const inFirst = graph.binary('Add', p, q);
  const inSecond = graph.binary('Sub', p, q);
  const first = blockedConv(graph, pairs.fromBefore(), taps(1, 0, 0), half, { ...last, sum: inFirst });
  const second = blockedConv(graph, pairs.toAfter(), taps(0, 0, -1), half, { ...last, sum: inSecond });
  return joinPairs(graph, [first, second], shape, block);
}

/**
 * Gradient of `convolvePairs` in the kernel, in kernel layout: the transposed algorithm, four correlations for six. The sum and the difference
 * of x are halved; `padding` is what its pairs do not have yet.
 */
export function correlatePairs(
  graph: GraphBuilder,
  x: Pairs,
  dy: Pairs,
  { kernel, padding, block }: { readonly kernel: Shape; readonly padding: Padding; readonly block: BlockSize },
): OnnxValue {
  const window = withinHalves(kernel.slice(2), 1);
  const attrs = { strides: [1, 1], dilation: [1, 1], padding: withinHalves<Padding[number]>(padding, [0, 0]) };
  const correlate = (image: OnnxValue, grad: OnnxValue) =>
    correlateMaps(graph, { x: image, isBlocked: true, y: grad, window }, attrs, block);
  // Sums and differences of dy last: the gradient of the input begins with them, and until then nothing holds them.
  const { products: fromBefore, taps } = correlate(x.fromBefore(), dy.first());
  const toAfter = correlate(x.toAfter(), dy.second()).products;
  const sum = correlate(x.sum(), dy.sum()).products;
  const difference = correlate(x.difference(), dy.difference()).products;
  const shared = graph.binary('Sub', sum, difference);
  const before = graph.binary('Add', shared, fromBefore);
  const own = graph.binary('Add', sum, difference);
  const after = graph.binary('Sub', shared, toAfter);
  const [channelBlocks, outputBlocks, count, perTap] = before.shape as [number, number, number, number];
  const blocks = channelBlocks * outputBlocks;
  const parts = [before, own, after].map((part) => graph.reshape(part, [blocks, count * perTap]));
  const joined = graph.node('Concat', parts, [3 * blocks, count * perTap], { attributes: { axis: 0 } });
  const order: number[] = [];
  for (let output = 0; output < outputBlocks; output++) {
    const at = (channel: number, tap: number): number => tap * blocks + channel * outputBlocks + output;
    if (kernel.length === 5) {
      for (let tap = 0; tap < 3; tap++)
        for (let channel = 0; channel < channelBlocks; channel++) order.push(at(channel, tap));
    } else {
      for (let channel = 0; channel < channelBlocks; channel++)
        for (let tap = 0; tap < 3; tap++) order.push(at(channel, tap));
    }
  }
  const ordered = gatherRows(graph, joined, order);
  const [outputs, channels] = kernel as [number, number];
  if (kernel.length === 4) return graph.reshape(ordered, kernel);
  const gradient = graph.reshape(ordered, [outputs, 3 * channels, ...taps.count]);
  return areAllUseful(taps, window) ? gradient : padTaps(graph, gradient, 'kernel', block, taps.first, window);
}
