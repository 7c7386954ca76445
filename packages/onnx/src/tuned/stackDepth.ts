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

/** Slices of zeros before and after `depth` slices that some tap reads. */
export function missingSlices({ count, taps, source }: DepthTaps, depth: number): readonly [number, number] {
  const sources = range(count).flatMap((position) => range(taps).map((tap) => source(position, tap)));
  return [Math.max(0, ...sources.map((slice) => -slice)), Math.max(0, ...sources.map((slice) => slice - depth + 1))];
}

/** Maps [D · N, C, H, W] with slices of zeros around them. `batch` is N. */
export function padDepth(
  graph: GraphBuilder,
  maps: OnnxValue,
  batch: number,
  [before, after]: readonly [number, number],
): OnnxValue {
  if (before + after === 0) return maps;
  const [given, ...map] = maps.shape as [number, number, number, number];
  const size = map.reduce((product, extent) => product * extent, 1);
  const total = (before + after) * batch + given;
  const pads = graph.int64([before * batch, 0, after * batch, 0]);
  return graph.reshape(graph.node('Pad', [graph.reshape(maps, [given, size]), pads], [total, size]), [total, ...map]);
}

/**
 * Maps [D · N, C, H, W] as [count · N, taps · C, H, W], where the slices that the taps read at a position follow one another as further
 * channels: a convolution of volumes becomes one of maps. No tap reads outside of the maps. `batch` is N.
 */
export function stackDepth(
  graph: GraphBuilder,
  maps: OnnxValue,
  batch: number,
  { count, taps, source }: DepthTaps,
): OnnxValue {
  const [given, channels, height, width] = maps.shape as [number, number, number, number];
  const order = range(count).flatMap((position) =>
    range(batch).flatMap((image) => range(taps).map((tap) => source(position, tap) * batch + image)),
  );
  const shape = [count * batch, taps * channels, height, width];
  if (order.length === given && order.every((map, index) => map === index)) return graph.reshape(maps, shape);
  const size = channels * height * width;
  const rows = graph.reshape(maps, [given, size]);
  return graph.reshape(graph.node('Gather', [rows, graph.int64(order)], [order.length, size]), shape);
}
