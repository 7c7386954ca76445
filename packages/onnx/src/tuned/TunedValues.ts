import { type Aval, sameShape, sizeOf, type ValueId } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { type BlockSize, type Layout, packInGraph, unpackInGraph } from './Layout.js';
import type { Epilogue } from './nchwc.js';

/** A blocked result that is not written down yet: a following bias, sum or ReLU can still become part of it. */
export interface Deferred {
  readonly epilogue: Epilogue;
  emit(epilogue: Epilogue): OnnxValue;
}

/**
 * The values of a Program in whatever layouts they exist. Conversions are emitted when somebody asks for a layout that is not there,
 * once per value and layout.
 */
export class TunedValues {
  readonly #held = new Map<ValueId, Map<Layout, readonly OnnxValue[]>>();
  /** By value and layout: joined from pieces, and in the nominal shape. Two values may be held in the same tensor, of zeros for example. */
  readonly #joined = new Map<string, OnnxValue>();
  readonly #nominal = new Map<string, OnnxValue>();
  readonly #deferred = new Map<ValueId, Deferred>();

  constructor(
    private readonly graph: GraphBuilder,
    private readonly block: BlockSize,
    private readonly avals: readonly Aval[],
  ) {}

  /** `value`: one, or the equal pieces that make it up in the order of memory. */
  define(id: ValueId, value: OnnxValue | readonly OnnxValue[], layout: Layout): void {
    const layouts = this.#held.get(id) ?? new Map<Layout, readonly OnnxValue[]>();
    layouts.set(layout, 'name' in value ? [value] : value);
    this.#held.set(id, layouts);
  }

  defer(id: ValueId, deferred: Deferred): void {
    this.#deferred.set(id, deferred);
  }

  /** The unwritten form of a value, if nobody has asked for its numbers yet. */
  deferred(id: ValueId): Deferred | undefined {
    return this.#deferred.get(id);
  }

  #layouts(id: ValueId): Map<Layout, readonly OnnxValue[]> {
    const deferred = this.#deferred.get(id);
    if (deferred !== undefined) {
      this.#deferred.delete(id);
      this.define(id, deferred.emit(deferred.epilogue), 'blocked');
    }
    return this.#held.get(id)!;
  }

  /** The value in this layout, with the nominal shape whatever shape it is held in. */
  get(id: ValueId, layout: Layout): OnnxValue {
    const held = this.held(id, layout);
    const { shape } = this.avals[id]!;
    if (sameShape(held.shape, shape)) return held;
    const key = `${id}:${layout}`;
    const value = this.#nominal.get(key) ?? this.graph.reshape(held, shape);
    this.#nominal.set(key, value);
    return value;
  }

  /** The value in this layout, in the shape it is held in: large variables are held in rows, see `tileRows`. */
  held(id: ValueId, layout: Layout): OnnxValue {
    const layouts = this.#layouts(id);
    const known = layouts.get(layout);
    if (known !== undefined) return this.#join(`${id}:${layout}`, known);
    const source = layouts.has('plain') ? 'plain' : [...layouts.keys()][0]!;
    const plain = unpackInGraph(this.graph, this.get(id, source), source, this.block);
    this.define(id, plain, 'plain');
    const converted = packInGraph(this.graph, plain, layout, this.block);
    this.define(id, converted, layout);
    return converted;
  }

  #join(key: string, pieces: readonly OnnxValue[]): OnnxValue {
    const [first] = pieces as readonly [OnnxValue];
    if (pieces.length === 1) return first;
    const size = sizeOf(first.shape);
    const join = (): OnnxValue => {
      const flat = pieces.map((piece) => this.graph.reshape(piece, [size]));
      return this.graph.node('Concat', flat, [pieces.length * size], { attributes: { axis: 0 } });
    };
    const joined = this.#joined.get(key) ?? join();
    this.#joined.set(key, joined);
    return joined;
  }

  /** The value as one matrix [O, C] for each tap. */
  taps(id: ValueId): readonly OnnxValue[] {
    const { shape } = this.avals[id]!;
    const [outputs, channels, ...window] = shape as [number, number, ...number[]];
    const count = sizeOf(window);
    const known = this.#layouts(id).get('taps');
    if (known?.length === count) return known;
    const whole = this.graph.reshape(this.held(id, 'taps'), [count * outputs, channels]);
    const matrix = { shape: [outputs, channels], dtype: whole.dtype };
    const matrices =
      count === 1
        ? [whole]
        : this.graph.nodes('Split', [whole], new Array<typeof matrix>(count).fill(matrix), { attributes: { axis: 0 } });
    this.define(id, matrices, 'taps');
    return matrices;
  }
}
