import {
  type Aval,
  DeliraError,
  drawNoise,
  EngineError,
  type Feeds,
  type Lowering,
  type LoweringTable,
  type Node,
  type Program,
  scalar,
  type ValueId,
} from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { lowerings } from '../lowerings/lowerings.js';
import type { Value } from '../Value.js';
import { upload } from './transfer.js';

interface Instruction {
  readonly lower: Lowering<object, Value>;
  readonly node: Node;
  readonly avals: readonly Aval[];
  /** Values nothing needs after this instruction. */
  readonly free: readonly ValueId[];
}

/** What a step gives; both belong to the caller. */
export interface StepResult {
  readonly outputs: ReadonlyMap<string, Value>;
  readonly writes: ReadonlyMap<string, Value>;
}

/** A Program ready to run, with its constants in the engine. */
export class Interpreter {
  readonly #constants: ReadonlyMap<ValueId, Value>;
  readonly #instructions: readonly Instruction[];

  constructor(
    private readonly kernels: Kernels,
    private readonly program: Program,
  ) {
    this.#constants = new Map([...program.consts].map(([id, array]) => [id, upload(kernels, array)]));
    this.#instructions = instructionsOf(program);
  }

  /** Runs one step. `state` is borrowed: its values stay the caller's. @throws EngineError naming the node that failed. */
  step(state: ReadonlyMap<string, Value>, feeds: Feeds): StepResult {
    const borrowed = new Map(this.#constants);
    for (const [name, id] of Object.entries(this.program.reads)) borrowed.set(id, state.get(name)!);
    const values = new Map<ValueId, Value>();
    const valueOf = (id: ValueId): Value => (values.get(id) ?? borrowed.get(id))!;
    try {
      this.#feed(values, feeds);
      for (const { lower, node, avals, free } of this.#instructions) {
        const results = this.#lower(lower, node, node.inputs.map(valueOf), avals);
        node.outputs.forEach((id, index) => values.set(id, results[index]!));
        for (const id of free) {
          values.get(id)?.dispose();
          values.delete(id);
        }
      }
      const taken = (entries: Readonly<Record<string, ValueId>>): Map<string, Value> =>
        new Map(Object.entries(entries).map(([name, id]) => [name, valueOf(id).clone()]));
      return { outputs: taken(this.program.outputs), writes: taken(this.program.writes) };
    } finally {
      for (const value of values.values()) value.dispose();
    }
  }

  dispose(): void {
    for (const constant of this.#constants.values()) constant.dispose();
  }

  #feed(values: Map<ValueId, Value>, { batch, hyper, seed }: Feeds): void {
    const { feeds, hyper: hypers, noise } = this.program;
    for (const [name, id] of Object.entries(feeds)) values.set(id, upload(this.kernels, batch![name]!));
    for (const [name, id] of Object.entries(hypers)) values.set(id, upload(this.kernels, scalar(hyper![name]!), true));
    if (Object.keys(noise).length === 0) return;
    const drawn = drawNoise(this.program, ...seed!);
    for (const [name, { id }] of Object.entries(noise)) values.set(id, upload(this.kernels, drawn.get(name)!, true));
  }

  /** What a lowering makes on its way ends with it. */
  #lower(
    lower: Lowering<object, Value>,
    { prim, attrs, inputs, scope }: Node,
    operands: readonly Value[],
    avals: readonly Aval[],
  ): readonly Value[] {
    const { engine } = this.kernels;
    engine.startScope(prim);
    try {
      return lower(operands, attrs, avals);
    } catch (error) {
      if (error instanceof DeliraError) throw error;
      const shapes = inputs.map((id) => `[${this.program.avals[id]!.shape.join(', ')}]`).join(', ');
      throw new EngineError(
        `${scope === '' ? '' : `In ${scope}: `}the engine failed in ${prim}(${shapes}) of program "${this.program.name}": ${(error as Error).message}. Nothing was written. Try a smaller batch, or another engine.`,
        { cause: error },
      );
    } finally {
      engine.endScope();
    }
  }
}

function instructionsOf(program: Program): readonly Instruction[] {
  const kept = new Set<ValueId>([
    ...program.consts.keys(),
    ...Object.values(program.reads),
    ...Object.values(program.outputs),
    ...Object.values(program.writes),
  ]);
  const lastUse = new Map<ValueId, number>();
  program.nodes.forEach(({ inputs, outputs }, index) => {
    for (const id of [...inputs, ...outputs]) lastUse.set(id, index);
  });
  const table: LoweringTable<Value> = lowerings;
  return program.nodes.map((node, index) => ({
    lower: table[node.prim] as Lowering<object, Value>,
    node,
    avals: node.outputs.map((id) => program.avals[id]!),
    free: [...new Set([...node.inputs, ...node.outputs])].filter((id) => lastUse.get(id) === index && !kept.has(id)),
  }));
}
