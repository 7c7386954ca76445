import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';

/**
 * The listed rows of x [rows, columns], in the listed order. One pass of all threads, where Transpose, Pad and Split have one thread each.
 * No operator where the rows are all of x as they are.
 */
export function gatherRows(graph: GraphBuilder, x: OnnxValue, rows: readonly number[]): OnnxValue {
  if (rows.length === x.shape[0] && rows.every((row, index) => row === index)) return x;
  return graph.node('Gather', [x, graph.int64(rows)], [rows.length, x.shape[1]!]);
}
