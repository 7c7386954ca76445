import type { Program } from '../ir/index.js';
import { simplify, verify } from '../passes/index.js';
import { primitives } from '../primitives/index.js';
import { type Tensor, Trace, type TraceOptions, withTrace } from '../tensor/index.js';

/** Records `body` and gives the simplified, verified Program of its outputs. */
export function trace(body: (trace: Trace) => Readonly<Record<string, Tensor>>, options: TraceOptions = {}): Program {
  const recording = new Trace(primitives, options);
  const program = withTrace(recording, () => recording.finish(body(recording)));
  verify(program);
  const simplified = simplify(program);
  verify(simplified);
  return simplified;
}
