import {
  type Aval,
  drawNoise,
  type Feeds,
  type Lowering,
  type LoweringTable,
  type NDArray,
  type Program,
  type Sample,
  type ValueId,
} from '@delira/core';
import { lowerings } from './lowerings/lowerings.js';
import { type Numbers, storedDType, type Value, widen } from './Value.js';

/** What a run gives: each step's outputs, and the state after the last. */
export interface Interpretation {
  readonly outputs: readonly Sample[];
  readonly writes: ReadonlyMap<string, NDArray>;
}

interface Instruction {
  readonly lower: Lowering<object, Value>;
  readonly attrs: object;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly avals: readonly Aval[];
  /** Values nothing needs after this instruction. */
  readonly free: readonly ValueId[];
}

function instructionsOf(program: Program, constants: ReadonlyMap<ValueId, Value>): readonly Instruction[] {
  const kept = new Set<ValueId>([
    ...constants.keys(),
    ...Object.values(program.outputs),
    ...Object.values(program.writes),
  ]);
  const lastUse = new Map<ValueId, number>();
  program.nodes.forEach(({ inputs, outputs }, index) => {
    for (const id of [...inputs, ...outputs]) lastUse.set(id, index);
  });
  const table: LoweringTable<Value> = lowerings;
  return program.nodes.map(({ prim, attrs, inputs, outputs }, index) => ({
    lower: table[prim] as Lowering<object, Value>,
    attrs,
    inputs,
    outputs,
    avals: outputs.map((id) => program.avals[id]!),
    free: [...new Set([...inputs, ...outputs])].filter((id) => lastUse.get(id) === index && !kept.has(id)),
  }));
}

/** Prepares a verified Program; the function given back runs it step by step and changes none of its arguments. */
export function interpreter(
  program: Program,
): (state: ReadonlyMap<string, NDArray>, feeds: readonly Feeds[]) => Interpretation {
  const constants = new Map<ValueId, Value>(
    [...program.consts].map(([id, array]) => [id, { shape: array.shape, data: widen(array) }]),
  );
  const instructions = instructionsOf(program, constants);
  const valueOf = (id: ValueId, data: Numbers): Value => ({ shape: program.avals[id]!.shape, data });

  const step = (state: ReadonlyMap<string, Value>, feeds: Feeds): Map<ValueId, Value> => {
    const values = new Map(constants);
    for (const [name, id] of Object.entries(program.feeds)) values.set(id, valueOf(id, widen(feeds.batch![name]!)));
    for (const [name, id] of Object.entries(program.hyper))
      values.set(id, valueOf(id, Float64Array.of(feeds.hyper![name]!)));
    if (Object.keys(program.noise).length > 0) {
      const drawn = drawNoise(program, ...feeds.seed!);
      for (const [name, { id }] of Object.entries(program.noise)) values.set(id, valueOf(id, widen(drawn.get(name)!)));
    }
    for (const [name, id] of Object.entries(program.reads)) values.set(id, state.get(name)!);
    for (const { lower, attrs, inputs, outputs, avals, free } of instructions) {
      const results = lower(
        inputs.map((id) => values.get(id)!),
        attrs,
        avals,
      );
      outputs.forEach((id, index) => values.set(id, results[index]!));
      for (const id of free) values.delete(id);
    }
    return values;
  };

  const arrayOf = (id: ValueId, { shape, data }: Value): NDArray => ({
    dtype: storedDType(program.avals[id]!.dtype),
    shape,
    data,
  });

  return (state, feeds) => {
    const current = new Map(
      Object.keys(program.reads).map((name) => [name, state.get(name)! as { shape: Value['shape']; data: Numbers }]),
    );
    const outputs = feeds.map((entry) => {
      const values = step(current, entry);
      for (const [name, id] of Object.entries(program.writes)) current.set(name, values.get(id)!);
      return Object.fromEntries(
        Object.entries(program.outputs).map(([name, id]) => {
          const array = arrayOf(id, values.get(id)!);
          // An output may be the very memory of a variable.
          return [name, { ...array, data: array.data.slice() }];
        }),
      );
    });
    const writes = new Map(
      feeds.length === 0
        ? []
        : Object.entries(program.writes).map(([name, id]) => [name, arrayOf(id, current.get(name)!)] as const),
    );
    return { outputs, writes };
  };
}
