import { ArgumentError, DTypeError, ShapeError, TraceError } from '../errors/index.js';
import { type DType, formatShape, type NDArray, sameShape } from '../ndarray/index.js';
import type { Aval, Node, Noise, PrimitiveName, Primitives, Program, ValueId } from '../ir/index.js';
import { Tensor } from './Tensor.js';

/** What tracing needs to know of a primitive: how outputs follow from inputs. */
export type InferTable = {
  readonly [P in PrimitiveName]: { infer(inputs: readonly Aval[], attrs: Primitives[P]): readonly Aval[] };
};

/** A piece of state a trace can read and replace; `Variable` is one. */
export interface StateCell {
  readonly aval: Aval;
}

export interface TraceContext {
  /** True while a training step is traced: batch norm uses batch statistics, dropout drops. */
  readonly training: boolean;
  /** dtypes parameters are stored in and computed with. */
  readonly policy: { readonly param: DType; readonly compute: DType };
}

export interface TraceOptions {
  readonly name?: string;
  readonly training?: boolean;
  readonly policy?: TraceContext['policy'];
  /** Names of the state cells the trace may touch. */
  readonly names?: ReadonlyMap<StateCell, string>;
}

/** The error with the module it arose in, unless it names one already: a layer's own check does not know its path. */
function located(error: unknown, scope: string): unknown {
  const isShapeError = error instanceof ShapeError;
  if ((!isShapeError && !(error instanceof DTypeError)) || scope === '' || error.message.startsWith('In '))
    return error;
  const message = `In ${scope}: ${error.message}`;
  return isShapeError ? new ShapeError(message, { cause: error }) : new DTypeError(message, { cause: error });
}

/** Records primitives in execution order. Tracing is synchronous. */
export class Trace implements TraceContext {
  readonly training: boolean;
  readonly policy: TraceContext['policy'];
  readonly nodes: Node[] = [];
  readonly #name: string;
  readonly #avals: Aval[] = [];
  readonly #consts = new Map<ValueId, NDArray>();
  readonly #feeds: Record<string, ValueId> = {};
  readonly #hyper: Record<string, ValueId> = {};
  readonly #noise: Record<string, Noise> = {};
  readonly #names: ReadonlyMap<StateCell, string>;
  readonly #reads = new Map<StateCell, Tensor>();
  readonly #current = new Map<StateCell, Tensor>();
  readonly #past = new Map<StateCell, Set<ValueId>>();
  readonly #scopes: string[] = [];

  constructor(
    private readonly table: InferTable,
    options: TraceOptions = {},
  ) {
    this.#name = options.name ?? 'program';
    this.training = options.training ?? false;
    this.policy = options.policy ?? { param: 'float32', compute: 'float32' };
    this.#names = options.names ?? new Map();
  }

  get scope(): string {
    return this.#scopes.at(-1) ?? '';
  }

  /** Nodes and errors of `body` carry the module path `scope`. */
  inScope<R>(scope: string, body: () => R): R {
    this.#scopes.push(scope);
    try {
      return body();
    } catch (error) {
      throw located(error, scope);
    } finally {
      this.#scopes.pop();
    }
  }

  #value(aval: Aval): Tensor {
    this.#avals.push({ shape: aval.shape, dtype: aval.dtype });
    return new Tensor(this.#avals.length - 1, aval.shape, aval.dtype);
  }

  tensor(id: ValueId): Tensor {
    const aval = this.#avals[id];
    if (aval === undefined) throw new TraceError(`Value %${id} does not belong to the current trace.`);
    return new Tensor(id, aval.shape, aval.dtype);
  }

  bind<P extends PrimitiveName>(prim: P, inputs: readonly Tensor[], attrs: Primitives[P]): readonly Tensor[] {
    for (const input of inputs) {
      const aval = this.#avals[input.id];
      if (aval === undefined || aval.dtype !== input.dtype || !sameShape(aval.shape, input.shape)) {
        throw new TraceError(
          `${this.#where()}${prim}: its operand ${input.toString()} belongs to another trace. Compute it inside the step that uses it.`,
        );
      }
    }
    let avals: readonly Aval[];
    try {
      avals = this.table[prim].infer(inputs, attrs);
    } catch (error) {
      throw located(error, this.scope);
    }
    const outputs = avals.map((aval) => this.#value(aval));
    this.nodes.push({
      prim,
      attrs,
      inputs: inputs.map(({ id }) => id),
      outputs: outputs.map(({ id }) => id),
      scope: this.scope,
    });
    return outputs;
  }

  /** A constant; float64 data may stand for a float32 value, which each backend rounds when it compiles. */
  constant(array: NDArray, dtype: DType = array.dtype): Tensor {
    const tensor = this.#value({ shape: array.shape, dtype });
    this.#consts.set(tensor.id, array);
    return tensor;
  }

  /** A batch entry. @throws ArgumentError when the name is taken. */
  feed(name: string, aval: Aval): Tensor {
    if (Object.hasOwn(this.#feeds, name)) throw new ArgumentError(`The batch entry "${name}" is fed already.`);
    const tensor = this.#value(aval);
    this.#feeds[name] = tensor.id;
    return tensor;
  }

  /** A runtime scalar; the same name gives the same value. */
  hyper(name: string): Tensor {
    const known = this.#hyper[name];
    if (known !== undefined) return this.tensor(known);
    const tensor = this.#value({ shape: [], dtype: 'float32' });
    this.#hyper[name] = tensor.id;
    return tensor;
  }

  /** Random numbers the host draws; a name used again in the same scope gets a number. */
  noise(name: string, aval: Aval, distribution: Noise['distribution'], p?: number): Tensor {
    const base = this.scope === '' ? name : `${this.scope}/${name}`;
    let unique = base;
    for (let count = 2; Object.hasOwn(this.#noise, unique); count++) unique = `${base}#${count}`;
    const tensor = this.#value(aval);
    this.#noise[unique] = { id: tensor.id, distribution, ...(p === undefined ? {} : { p }) };
    return tensor;
  }

  /** The current value of a state cell. */
  read(cell: StateCell): Tensor {
    const current = this.#current.get(cell);
    if (current !== undefined) return current;
    if (!this.#names.has(cell)) {
      throw new TraceError(
        `${this.#where()}A variable of shape ${formatShape(cell.aval.shape)} is not reachable from the network being traced. Keep modules and variables in public properties or arrays: a #private field hides them.`,
      );
    }
    const tensor = this.#value(cell.aval);
    this.#reads.set(cell, tensor);
    this.#current.set(cell, tensor);
    return tensor;
  }

  /** Replaces the value of a state cell; no gradient flows through the assignment. Last write wins. */
  assign(cell: StateCell, next: Tensor): void {
    const name = this.#names.get(cell) ?? '(unnamed)';
    const { shape, dtype } = cell.aval;
    if (!sameShape(next.shape, shape))
      throw new ShapeError(
        `${this.#where()}Cannot assign shape ${formatShape(next.shape)} to "${name}", which has ${formatShape(shape)}.`,
      );
    if (next.dtype !== dtype)
      throw new DTypeError(`${this.#where()}Cannot assign ${next.dtype} to "${name}", which is ${dtype}. Cast it.`);
    const past = this.#past.get(cell) ?? new Set();
    past.add(this.read(cell).id);
    this.#past.set(cell, past);
    // Without stopGradient one network's gradient would leak through another's update.
    this.#current.set(cell, this.bind('stopGradient', [next], {})[0]!);
  }

  /** Ids of the values a cell had before it was assigned in this trace. */
  pastValues(cell: StateCell): ReadonlySet<ValueId> {
    return this.#past.get(cell) ?? new Set();
  }

  nameOf(cell: StateCell): string {
    return this.#names.get(cell) ?? '(unnamed)';
  }

  finish(outputs: Readonly<Record<string, Tensor>>): Program {
    const reads: Record<string, ValueId> = {};
    for (const [cell, tensor] of this.#reads) reads[this.nameOf(cell)] = tensor.id;
    const writes: Record<string, ValueId> = {};
    for (const cell of this.#past.keys()) writes[this.nameOf(cell)] = this.#current.get(cell)!.id;
    if (!this.training && this.#past.size > 0) {
      throw new TraceError(
        `The program "${this.#name}" is not a training step but assigns ${Object.keys(writes).join(', ')}. Assign variables only while training.`,
      );
    }
    return {
      name: this.#name,
      avals: this.#avals,
      consts: this.#consts,
      feeds: this.#feeds,
      hyper: this.#hyper,
      noise: this.#noise,
      reads,
      nodes: this.nodes,
      writes,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, { id }]) => [name, id])),
    };
  }

  #where(): string {
    return this.scope === '' ? '' : `In ${this.scope}: `;
  }
}
