import type { Aval, Node, Primitives, PrimitiveName, Program, ValueId } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize, Layout } from './Layout.js';
import { TunedValues } from './TunedValues.js';

/** What tuned lowerings share while a Program is lowered. */
export class TunedStep {
  readonly values: TunedValues;
  readonly #uses = new Map<ValueId, number>();
  readonly #remembered = new Map<string, OnnxValue>();

  constructor(
    readonly program: Program,
    readonly graph: GraphBuilder,
    readonly block: BlockSize,
    private readonly layouts: readonly Layout[],
  ) {
    this.values = new TunedValues(graph, block, program.avals);
    const used = [
      ...program.nodes.flatMap(({ inputs }) => inputs),
      ...Object.values(program.writes),
      ...Object.values(program.outputs),
    ];
    for (const id of used) this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
  }

  aval(id: ValueId): Aval {
    return this.program.avals[id]!;
  }

  /** The layout that suits most users of a value. */
  layoutOf(id: ValueId): Layout {
    return this.layouts[id]!;
  }

  isUsedOnce(id: ValueId): boolean {
    return this.#uses.get(id) === 1;
  }

  /** Whether a value is written, put out, or used by a node that is not one of these. */
  isUsedOutside(id: ValueId, nodes: readonly Node[]): boolean {
    const inside = nodes.reduce((count, { inputs }) => count + inputs.filter((input) => input === id).length, 0);
    return (this.#uses.get(id) ?? 0) > inside;
  }

  /** Something a forward pass computes and its backward pass needs again. */
  remember(key: string, make: () => OnnxValue): OnnxValue {
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.#remembered.set(key, value);
    return value;
  }
}

export interface NodeOf<A> extends Omit<Node, 'attrs'> {
  readonly attrs: A;
}

/** Emits a primitive on tuned layouts and defines its outputs; false, with nothing emitted, when it has no form for this case. */
export type TunedLowering<A> = (step: TunedStep, node: NodeOf<A>) => boolean;

/** Primitives that are not listed run in their portable form on plain values. */
export type TunedLoweringTable = { readonly [P in PrimitiveName]?: TunedLowering<Primitives[P]> };
