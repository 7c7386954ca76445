import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';

/**
 * Most values added one after the other. The engine keeps one float32 sum per lane: each addition rounds by the size of the sum so far,
 * always to the same side where values repeat, as on a black background. PyTorch adds in a tree, and sums statistics in float64.
 */
export const LONGEST_RUN = 128;

/** The largest divisor of an extent up to the longest run; 1 for a large prime. */
function runOf(extent: number): number {
  for (let run = LONGEST_RUN; run > 1; run--) if (extent % run === 0) return run;
  return 1;
}

/** Sum of a float value over `axes`, which vanish, as a tree of short runs: the innermost axes first. */
export function sumInStages(graph: GraphBuilder, x: OnnxValue, axes: readonly number[]): OnnxValue {
  const [axis, ...outer] = [...axes].sort((left, right) => right - left);
  if (axis === undefined) return x;
  const extent = x.shape[axis]!;
  const run = runOf(extent);
  if (extent > LONGEST_RUN && run > 1) {
    const split = graph.reshape(x, [...x.shape.slice(0, axis), extent / run, run, ...x.shape.slice(axis + 1)]);
    return sumInStages(graph, graph.sum(split, [axis + 1]), axes);
  }
  // Short axes go together.
  const together = [axis];
  let count = extent;
  while (outer.length > 0 && count * x.shape[outer[0]!]! <= LONGEST_RUN) {
    count *= x.shape[outer[0]!]!;
    together.push(outer.shift()!);
  }
  return sumInStages(graph, graph.sum(x, [...together].reverse()), outer);
}
