import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';

/** Slices that taps along the depth read. */
export interface DepthTaps {
  /** Positions the taps are applied at. */
  readonly count: number;
  readonly taps: number;
  /** The slice that a tap reads at a position; outside of 0…depth − 1 it reads zeros. */
  source(position: number, tap: number): number;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/**
 * Maps [D · N, C, H, W] as [count · N, taps · C, H, W], where the slices that the taps read at a position follow one another as further
 * channels: a convolution of volumes becomes one of maps. `batch` is N.
 */
export function stackDepth(graph: GraphBuilder, maps: OnnxValue, batch: number, reads: DepthTaps): OnnxValue {
  const [given, channels, height, width] = maps.shape as [number, number, number, number];
  const { count, taps } = reads;
  const depth = given / batch;
  const sources = range(count).map((position) => range(taps).map((tap) => reads.source(position, tap)));
  const before = Math.max(0, ...sources.flat().map((slice) => -slice));
  const after = Math.max(0, ...sources.flat().map((slice) => slice - depth + 1));
  const order = sources.flatMap((slices) =>
    range(batch).flatMap((image) => slices.map((slice) => (slice + before) * batch + image)),
  );
  const size = channels * height * width;
  const shape = [count * batch, taps * channels, height, width];
  const total = (before + depth + after) * batch;
  const isInOrder = order.length === total && order.every((map, index) => map === index);
  const rows = graph.reshape(maps, [given, size]);
  const padded =
    before + after === 0
      ? rows
      : graph.node('Pad', [rows, graph.int64([before * batch, 0, after * batch, 0])], [total, size]);
  if (isInOrder) return graph.reshape(padded, shape);
  return graph.reshape(graph.node('Gather', [padded, graph.int64(order)], [order.length, size]), shape);
}
