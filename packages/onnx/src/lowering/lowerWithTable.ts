import { type Aval, castArray, decompose, type Program, UnsupportedError, type ValueId } from '@delira/core';
import { GraphBuilder, type OnnxValue } from './GraphBuilder.js';
import { type LoweredProgram, type LoweredState, plainLayout } from './LoweredProgram.js';
import type { OnnxLowering, OnnxLoweringTable } from './OnnxLowering.js';

/** Names of a graph's inputs: prefixed by role, so that a batch entry and a variable may share a name. */
export const inputName = {
  feed: (name: string): string => `batch:${name}`,
  hyper: (name: string): string => `hyper:${name}`,
  noise: (name: string): string => `noise:${name}`,
  state: (name: string): string => `state:${name}`,
} as const;

function mapEntries<T, R>(entries: Readonly<Record<string, T>>, map: (entry: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, map(entry, name)]));
}

/** Lowers node by node with plain layouts; primitives marked `'decompose'` are decomposed first. */
export function lowerWithTable(original: Program, table: OnnxLoweringTable): LoweredProgram {
  const program = decompose(original, ({ prim }) => table[prim] === 'decompose');
  const builder = new GraphBuilder();
  const values = new Map<ValueId, OnnxValue>();
  const avalOf = (id: ValueId): Aval => program.avals[id]!;
  const input = (id: ValueId, name: string): OnnxValue => {
    const value = { ...avalOf(id), name };
    values.set(id, value);
    return value;
  };

  const feeds = mapEntries(program.feeds, (id, name) => input(id, inputName.feed(name)));
  const hyper = mapEntries(program.hyper, (id, name) => input(id, inputName.hyper(name)));
  const noise = mapEntries(program.noise, ({ id }, name) => input(id, inputName.noise(name)));
  const reads = mapEntries(program.reads, (id, name) => input(id, inputName.state(name)));
  for (const [id, array] of program.consts) values.set(id, builder.constant(castArray(array, avalOf(id).dtype)));

  for (const { prim, attrs, inputs, outputs, scope } of program.nodes) {
    const lowering = table[prim];
    if (typeof lowering !== 'function') {
      const reason = typeof lowering === 'string' ? 'it has no decomposition' : lowering.unsupported;
      throw new UnsupportedError(
        `${scope === '' ? '' : `In ${scope}: `}ONNX has no lowering of ${prim} ${JSON.stringify(attrs)}: ${reason}.`,
      );
    }
    builder.scope = scope;
    const results = (lowering as OnnxLowering<object>)(
      builder,
      inputs.map((id) => values.get(id)!),
      attrs,
      outputs.map(avalOf),
    );
    outputs.forEach((id, index) => values.set(id, results[index]!));
  }

  const state = mapEntries(reads, (value, name): LoweredState => {
    const written = program.writes[name];
    const part = written === undefined ? { input: value } : { input: value, output: values.get(written)! };
    return { layout: plainLayout, parts: [part] };
  });
  return {
    name: program.name,
    builder,
    feeds,
    hyper,
    noise,
    state,
    outputs: mapEntries(program.outputs, (id) => values.get(id)!),
  };
}
