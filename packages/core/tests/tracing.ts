import { type Aval, printProgram, type Program, type Tensor, trace, type Trace } from '../src/index.js';

export const f32 = (...shape: readonly number[]): Aval => ({ shape, dtype: 'float32' });
export const i32 = (...shape: readonly number[]): Aval => ({ shape, dtype: 'int32' });

/** Traces `y = body(…)` on fed tensors x0, x1… */
export function traceOf(avals: readonly Aval[], body: (...tensors: Tensor[]) => Tensor): Program {
  return trace((recording: Trace) => ({
    y: body(...avals.map((aval, index) => recording.feed(`x${index}`, aval))),
  }));
}

/** The lines of a Program's nodes, without scopes. */
export function nodesOf(program: Program): readonly string[] {
  return printProgram(program)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => / = \w+\(/.test(line));
}

/** Names of the primitives a Program runs, in order. */
export function primsOf(program: Program): readonly string[] {
  return program.nodes.map(({ prim }) => prim);
}
