import { type NDArray, type Program, sizeOf } from '@delira/core';
import type { LoweredProgram } from '../../src/index.js';
import { interpretGraph } from './interpretGraph.js';
import type { Value } from './values.js';

export interface Arrays {
  readonly batch: Readonly<Record<string, NDArray>>;
  readonly hyper?: Readonly<Record<string, number>>;
  readonly state?: ReadonlyMap<string, NDArray>;
  /** Outputs that must be finite, or the state stays. */
  readonly finite?: readonly string[];
}

export interface Results {
  readonly outputs: Readonly<Record<string, Value>>;
  /** Plain, by variable. */
  readonly state: ReadonlyMap<string, ArrayLike<number>>;
}

const numbers = ({ shape, data }: NDArray): Value => ({ shape, data: Float64Array.from(data as ArrayLike<number>) });

/** One step of a lowered Program on arrays, with variables packed and unpacked as the backend does. */
export function runLowered(
  program: Program,
  lowered: LoweredProgram,
  { batch, hyper = {}, state = new Map(), finite = [] }: Arrays,
  block: number,
): Results {
  const given = new Map<string, Value>();
  for (const [name, { name: input }] of Object.entries(lowered.feeds)) given.set(input, numbers(batch[name]!));
  for (const [name, { name: input }] of Object.entries(lowered.hyper))
    given.set(input, { shape: [], data: Float64Array.of(hyper[name]!) });
  for (const [name, { layout, parts }] of Object.entries(lowered.state)) {
    const { data } = layout.pack(state.get(name)!);
    parts.forEach(({ input }, index) => {
      const size = sizeOf(input.shape);
      given.set(input.name, {
        shape: input.shape,
        data: Float64Array.from((data as Float32Array).subarray(index * size, (index + 1) * size)),
      });
    });
  }
  const { guard } = lowered;
  if (guard !== undefined) {
    const required = guard.outputs.map((name) => (finite.includes(name) ? 1 : 0));
    given.set(guard.required.name, { shape: [required.length], data: Float64Array.from(required) });
  }
  const values = interpretGraph(lowered.builder.graph('step', [], []), given, block);
  const next = Object.entries(lowered.state).flatMap(([name, { layout, parts }]): [string, ArrayLike<number>][] => {
    if (parts[0]!.output === undefined) return [];
    const packed = parts.flatMap(({ output }) => Array.from(values.get(output!.name)!.data));
    const { shape } = program.avals[program.reads[name]!]!;
    return [[name, layout.unpack({ dtype: 'float32', shape, data: Float32Array.from(packed) }).data as Float32Array]];
  });
  const outputs = Object.fromEntries(
    Object.entries(lowered.outputs).map(([name, { name: output }]) => [name, values.get(output)!]),
  );
  return { outputs, state: new Map(next) };
}
