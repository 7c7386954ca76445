import type { Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { LONGEST_RUN, sumInStages } from '../portable/sumInStages.js';
import type { BlockSize } from './Layout.js';
import { asMaps, mapsShape } from './maps.js';
import { blockedConv, NCHWC } from './nchwc.js';

/** Number of equal bands of rows: each is summed in one run, and the bands as a tree. */
function bandsOf(height: number, width: number): number {
  for (let bands = 1; bands < height; bands++)
    if (height % bands === 0 && (height / bands) * width <= LONGEST_RUN) return bands;
  return height;
}

function splitBands([batch, channels, height, width]: Shape): { readonly bands: number; readonly shape: Shape } {
  const bands = bandsOf(height!, width!);
  return { bands, shape: [batch!, channels! * bands, height! / bands, width!] };
}

/** [N, C · bands] in the order N, C/B, band, B to [N, C], or to [C] when the batch is summed as well. */
function joinBands(
  graph: GraphBuilder,
  partial: OnnxValue,
  [batch, channels]: Shape,
  bands: number,
  block: BlockSize,
  overBatch: boolean,
): OnnxValue {
  const split = graph.reshape(partial, [batch!, channels! / block, bands, block]);
  const axes = [...(overBatch && batch! > 1 ? [0] : []), ...(bands > 1 ? [2] : [])];
  return graph.reshape(sumInStages(graph, split, axes), overBatch ? [channels!] : [batch!, channels!]);
}

/** Means over the rows' bands; multiply the joined sums by `values` to get sums. */
function bandMeans(
  graph: GraphBuilder,
  x: OnnxValue,
): { readonly means: OnnxValue; readonly bands: number; readonly values: number } {
  const { bands, shape } = splitBands(x.shape);
  const means = graph.node('GlobalAveragePool', [graph.reshape(x, shape)], [shape[0]!, shape[1]!, 1, 1], {
    domain: NCHWC,
  });
  return { means, bands, values: shape[2]! * shape[3]! };
}

/** Sum of a blocked x [N, C, ...spatial] over batch and space: [C]. */
export function channelSums(graph: GraphBuilder, x: OnnxValue, block: BlockSize): OnnxValue {
  const maps = asMaps(graph, x);
  const { means, bands, values } = bandMeans(graph, maps);
  return graph.binary('Mul', joinBands(graph, means, maps.shape, bands, block, true), graph.scalar(values));
}

/** Mean over batch and space: [C]. A division, since the reciprocal of a count, rounded, would shift a large mean. */
export function channelMeans(graph: GraphBuilder, x: OnnxValue, block: BlockSize): OnnxValue {
  const maps = asMaps(graph, x);
  const { means, bands } = bandMeans(graph, maps);
  const count = graph.scalar(maps.shape[0]! * bands);
  return graph.binary('Div', joinBands(graph, means, maps.shape, bands, block, true), count);
}

/** Sum of a blocked x [N, C, ...spatial] over space: [N, C]. */
export function spatialSums(graph: GraphBuilder, x: OnnxValue, block: BlockSize): OnnxValue {
  const maps = asMaps(graph, x);
  const { means, bands, values } = bandMeans(graph, maps);
  const sums = graph.binary('Mul', joinBands(graph, means, maps.shape, bands, block, false), graph.scalar(values));
  const [batch, channels] = x.shape as [number, number];
  if (maps.shape[0] === batch) return sums;
  return graph.sum(graph.reshape(sums, [maps.shape[0]! / batch, batch, channels]), [0]);
}

/**
 * Sum of a · b over batch and space: [C]. A depthwise convolution with a kernel as large as the map whose filter is the other
 * operand: nothing is stored in between.
 */
export function channelDots(graph: GraphBuilder, a: OnnxValue, b: OnnxValue, block: BlockSize): OnnxValue {
  const all = mapsShape(a.shape);
  const { bands, shape } = splitBands(all);
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const maps = batch * channels;
  const products = blockedConv(
    graph,
    graph.reshape(a, [1, maps, height, width]),
    graph.reshape(b, [maps, 1, height, width]),
    [1, maps, 1, 1],
    {
      kernel: [height, width],
      groups: maps,
    },
  );
  return joinBands(graph, products, all, bands, block, true);
}
