import type { DType, NDArray, Shape } from '@delira/core';
import { sizeOf } from '@delira/core';
import type { Attribute, ElementType, Initializer, OnnxGraph, OnnxNode, ValueInfo } from '../model/OnnxModel.js';

/** A value of the graph being built, with the shape and dtype the engine sees. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Default: the standard operators. */
  readonly domain?: string;
}

const floatConstructors = { float32: Float32Array, float64: Float64Array } as const;

/** Names that a node reads, those that its own graphs see from the inside included. */
export function namesRead({ inputs, attributes }: OnnxNode): readonly string[] {
  const inner = Object.values(attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? value.graph.nodes.flatMap(namesRead) : [],
  );
  return [...inputs, ...inner];
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Collects nodes and constants; names are unique and say where they come from. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #constants = new Map<string, string>();
  readonly #domains = new Map<string, number>();
  readonly #values = new Map<string, OnnxValue>();
  #count = 0;
  /** Prefix of node names: the module path of the node being lowered. */
  scope = '';

  #unique(hint: string): string {
    return `${this.scope === '' ? '' : `${this.scope}/`}${hint}_${this.#count++}`;
  }

  /** One node with several outputs; `outputs` are their shapes and dtypes. Inputs may be names, `''` for an optional one left out. */
  nodes(
    type: string,
    inputs: readonly (OnnxValue | string)[],
    outputs: readonly Omit<OnnxValue, 'name'>[],
    options: NodeOptions = {},
  ): readonly OnnxValue[] {
    const name = this.#unique(type);
    const values = outputs.map((output, index) => ({
      shape: output.shape,
      dtype: output.dtype,
      name: outputs.length === 1 ? name : `${name}.${index}`,
    }));
    for (const value of values) this.#values.set(value.name, value);
    const domain = options.domain ?? '';
    if (domain !== '') this.#domains.set(domain, 1);
    this.#nodes.push({
      name,
      type,
      domain,
      inputs: inputs.map((input) => (typeof input === 'string' ? input : input.name)),
      outputs: values.map((value) => value.name),
      attributes: options.attributes ?? {},
    });
    return values;
  }

  /** One node with one output of this shape, in the dtype of the first input unless given. */
  node(
    type: string,
    inputs: readonly (OnnxValue | string)[],
    shape: Shape,
    options: NodeOptions & { readonly dtype?: DType } = {},
  ): OnnxValue {
    const first = inputs.find((input): input is OnnxValue => typeof input !== 'string');
    return this.nodes(type, inputs, [{ shape, dtype: options.dtype ?? first?.dtype ?? 'float32' }], options)[0]!;
  }

  /** Name of a constant int64 vector, or scalar for a plain number: shapes, axes, indices. */
  int64(values: readonly number[] | number): string {
    const list = typeof values === 'number' ? [values] : values;
    const shape = typeof values === 'number' ? [] : [list.length];
    return this.#constant(
      'int64',
      shape,
      bytesOf(BigInt64Array.from(list, BigInt)),
      `${shape.length}:${list.join(',')}`,
    );
  }

  /** A scalar constant of a floating dtype. */
  scalar(value: number, dtype: 'float32' | 'float64' = 'float32'): OnnxValue {
    const data = floatConstructors[dtype].of(value);
    return {
      name: this.#constant(dtype, [], bytesOf(data), `${dtype}:${Object.is(value, -0) ? '-0' : value}`),
      shape: [],
      dtype,
    };
  }

  constant(array: NDArray): OnnxValue {
    const name = this.#add(array.dtype, array.shape, bytesOf(array.data), 'const');
    return { name, shape: array.shape, dtype: array.dtype };
  }

  #constant(type: ElementType, shape: Shape, bytes: Uint8Array, key: string): string {
    const full = `${type}|${key}`;
    const known = this.#constants.get(full);
    if (known !== undefined) return known;
    const name = this.#add(type, shape, bytes, type);
    this.#constants.set(full, name);
    return name;
  }

  #add(type: ElementType, shape: Shape, bytes: Uint8Array, hint: string): string {
    const name = `${hint}_${this.#count++}`;
    this.#initializers.push({ name, type, shape, bytes });
    return name;
  }

  reshape(x: OnnxValue, shape: Shape): OnnxValue {
    if (x.shape.length === shape.length && x.shape.every((extent, axis) => extent === shape[axis])) return x;
    if (sizeOf(x.shape) !== sizeOf(shape))
      throw new Error(`GraphBuilder.reshape: [${x.shape.join()}] to [${shape.join()}]`);
    return this.node('Reshape', [x, this.int64(shape)], shape);
  }

  transpose(x: OnnxValue, perm: readonly number[]): OnnxValue {
    if (perm.every((axis, index) => axis === index)) return x;
    return this.node(
      'Transpose',
      [x],
      perm.map((axis) => x.shape[axis]!),
      { attributes: { perm } },
    );
  }

  /** The box from `start` (inclusive) to `end` (exclusive) along `axes`. */
  slice(x: OnnxValue, start: readonly number[], end: readonly number[], axes: readonly number[]): OnnxValue {
    const shape = x.shape.map((extent, axis) => {
      const index = axes.indexOf(axis);
      return index === -1 ? extent : end[index]! - start[index]!;
    });
    // Whole axes are left out, so that their extent may be dynamic.
    const cut = axes.flatMap((axis, index) => (shape[axis] === x.shape[axis] ? [] : [index]));
    if (cut.length === 0) return x;
    const at = (list: readonly number[]): string => this.int64(cut.map((index) => list[index]!));
    return this.node('Slice', [x, at(start), at(end), at(axes)], shape);
  }

  /** Sum over `axes`, which vanish. */
  sum(x: OnnxValue, axes: readonly number[]): OnnxValue {
    if (axes.length === 0) return x;
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    return this.node('ReduceSum', [x, this.int64(axes)], shape, { attributes: { keepdims: 0 } });
  }

  /** Elementwise with broadcasting: the shape follows NumPy's rule. */
  binary(type: 'Add' | 'Sub' | 'Mul' | 'Div', a: OnnxValue, b: OnnxValue): OnnxValue {
    const rank = Math.max(a.shape.length, b.shape.length);
    const shape = Array.from({ length: rank }, (_, axis) =>
      Math.max(a.shape[axis - rank + a.shape.length] ?? 1, b.shape[axis - rank + b.shape.length] ?? 1),
    );
    return this.node(type, [a, b], shape);
  }

  /** Leaves out the nodes that nothing on the way to these values reads: the engine would run them. */
  keep(values: readonly OnnxValue[]): void {
    const needed = new Set(values.map(({ name }) => name));
    const kept = [...this.#nodes].reverse().filter((node) => {
      const isNeeded = node.outputs.some((name) => needed.has(name));
      if (isNeeded) for (const name of namesRead(node)) needed.add(name);
      return isNeeded;
    });
    this.#nodes.splice(0, this.#nodes.length, ...kept.reverse());
  }

  /** A value that some node gives, by its name. */
  valueNamed(name: string): OnnxValue | undefined {
    return this.#values.get(name);
  }

  graph(name: string, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): OnnxGraph {
    return { name, nodes: this.#nodes, initializers: this.#initializers, inputs, outputs };
  }

  /** Versions of the operator domains used besides the standard one. */
  get domains(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#domains);
  }
}
