import {
  type Aval,
  type Node,
  type Primitive,
  type PrimitiveName,
  primitives,
  type Primitives,
  type Program,
  type ValueId,
} from '@delira/core';
import type { HostValue } from './HostValue.js';

/** Puts nodes into a Program in place of others. */
export class ProgramEditor {
  readonly #avals: Aval[];
  readonly #nodes: Node[] = [];
  readonly #users = new Map<ValueId, Node[]>();
  readonly #results: ReadonlySet<ValueId>;
  /** Of the nodes to come. */
  scope = '';

  constructor(
    private readonly program: Program,
    private readonly known: Map<ValueId, HostValue>,
  ) {
    this.#avals = [...program.avals];
    for (const node of program.nodes)
      for (const id of new Set(node.inputs)) this.#users.set(id, [...(this.#users.get(id) ?? []), node]);
    this.#results = new Set(Object.values(program.outputs));
  }

  aval(id: ValueId): Aval {
    return this.#avals[id]!;
  }

  /** What alone uses a value of the given Program; null where there are others, or where the value is put out. */
  onlyUser(id: ValueId): Node | null {
    const [user, ...others] = this.#users.get(id) ?? [];
    return user === undefined || others.length > 0 || this.#results.has(id) ? null : user;
  }

  keep(node: Node): void {
    this.#nodes.push(node);
  }

  /** A node with one output. @param output a value of the given Program that it makes; default: a new one. */
  bind<P extends PrimitiveName>(prim: P, inputs: readonly ValueId[], attrs: Primitives[P], output?: ValueId): ValueId {
    const name: PrimitiveName = prim;
    const rule = primitives[name] as Primitive<object>;
    const [aval] = rule.infer(
      inputs.map((id) => this.aval(id)),
      attrs,
    ) as readonly [Aval];
    const result = output ?? this.#avals.push(aval) - 1;
    this.#nodes.push({ prim: name, attrs, inputs, outputs: [result], scope: this.scope });
    return result;
  }

  constant(value: HostValue, dtype: Aval['dtype']): ValueId {
    const id = this.#avals.push({ shape: value.shape, dtype }) - 1;
    this.known.set(id, value);
    return id;
  }

  finish(): Program {
    return { ...this.program, avals: this.#avals, nodes: this.#nodes };
  }
}
