import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@delira/core';
import type { Kernels } from './engines/Kernels.js';

/**
 * Order of the axes in memory. `'plain'`: that of the Program. `'channelsLast'`: [N, ...spatial, C], which convolutions and pools of tfjs
 * take. `'filter'`: [...window, C, O], which convolutions take as kernel. Without two leading axes and a third all are plain.
 */
export type Layout = 'plain' | 'channelsLast' | 'filter';

/** The Program's axes in the order in which the layout has them. */
export function axesOf(layout: Layout, rank: number): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  if (layout === 'plain' || rank < 3) return axes;
  return layout === 'channelsLast' ? [0, ...axes.slice(2), 1] : [...axes.slice(2), 1, 0];
}

/**
 * A value of the Program in one or more layouts. Conversions are made when asked for, and kept: where two would meet, neither happens.
 * Owns its tensors.
 */
export class Value {
  readonly #forms = new Map<Layout, Tensor>();
  #source: Value | null = null;

  /**
   * A value that repeats `source`, which it takes over, along axes of extent 1. The copies are made when somebody asks for them: elementwise
   * kernels do not.
   */
  static repeating(source: Value, shape: Shape): Value {
    const value = new Value(source.kernels, shape, null, source.layout);
    value.#source = source;
    return value;
  }

  /** @param tensor taken over, unless another value owns it. */
  constructor(
    readonly kernels: Kernels,
    /** As in the Program, whatever the layout. */
    readonly shape: Shape,
    tensor: Tensor | null,
    layout: Layout = 'plain',
  ) {
    if (tensor !== null) this.#forms.set(shape.length < 3 ? 'plain' : layout, this.#own(tensor));
  }

  /** What it repeats, with as many axes; itself where it repeats nothing. */
  get source(): Value {
    return this.#source ?? this;
  }

  /** The layout it was made in, or converted to last. */
  get layout(): Layout {
    return [...this.#forms.keys()].at(-1) ?? this.#source!.layout;
  }

  /** Borrowed: valid as long as this value. */
  as(layout: Layout): Tensor {
    const wanted = this.shape.length < 3 ? 'plain' : layout;
    const held = this.#forms.get(wanted);
    if (held !== undefined) return held;
    const owned = this.#own(this.#convert(wanted));
    this.#forms.set(wanted, owned);
    return owned;
  }

  #convert(layout: Layout): Tensor {
    const rank = this.shape.length;
    const target = axesOf(layout, rank);
    const [first] = this.#forms;
    if (first === undefined) {
      const shape = target.map((axis) => this.shape[axis]!);
      return this.kernels.expand(this.#source!.as(layout), shape);
    }
    const axes = axesOf(first[0], rank);
    return this.kernels.transpose(
      first[1],
      target.map((axis) => axes.indexOf(axis)),
    );
  }

  /** Any layout: for what does not depend on the order of elements. */
  get any(): Tensor {
    return this.as(this.layout);
  }

  /** The same data, with a life of its own. */
  clone(): Value {
    if (this.#source !== null && this.#forms.size === 0) return Value.repeating(this.#source.clone(), this.shape);
    return new Value(this.kernels, this.shape, this.any, this.layout);
  }

  /** Keeps only the layout that was used last. */
  compact(): void {
    const { layout } = this;
    this.as(layout);
    this.#source?.dispose();
    this.#source = null;
    for (const [other, tensor] of this.#forms) {
      if (other === layout) continue;
      tensor.dispose();
      this.#forms.delete(other);
    }
  }

  dispose(): void {
    this.#source?.dispose();
    for (const tensor of this.#forms.values()) tensor.dispose();
    this.#forms.clear();
  }

  #own(tensor: Tensor): Tensor {
    const own = tensor.kept ? this.kernels.clone(tensor) : tensor;
    own.kept = true;
    return own;
  }
}
