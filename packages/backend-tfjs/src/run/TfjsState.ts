import {
  type Aval,
  castArray,
  DisposedError,
  DTypeError,
  formatShape,
  isFloating,
  type NDArray,
  NotFoundError,
  type Program,
  sameShape,
  ShapeError,
  type StateStore,
} from '@delira/core';
import type { LoadedEngine } from '../engines/loadEngine.js';
import type { Value } from '../Value.js';
import { download, upload } from './transfer.js';

interface Variable {
  readonly aval: Aval;
  readonly value: Value;
}

/** Variables in the engine, in the layouts of whatever used them last. Reads, writes and runs wait for one another, in the order they were asked for. */
export class TfjsState implements StateStore {
  readonly #variables = new Map<string, Variable>();
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(
    readonly engine: LoadedEngine,
    initial: ReadonlyMap<string, NDArray>,
    private readonly onDispose: () => void,
    transfer: ReadonlySet<string> = new Set(),
  ) {
    for (const [name, { dtype }] of initial) {
      if (dtype === 'float64' || dtype === 'float16')
        throw new DTypeError(`The variable "${name}" is ${dtype}, which tfjs does not hold. Cast it to float32.`);
    }
    for (const [name, array] of initial) {
      const { dtype, shape } = array;
      const value = upload(engine.kernels, array, transfer.has(name));
      this.#variables.set(name, { aval: { dtype, shape }, value });
    }
  }

  read(names?: readonly string[]): Promise<ReadonlyMap<string, NDArray>> {
    return this.exclusively(async () => {
      const wanted = (names ?? [...this.#variables.keys()]).map((name) => [name, this.#variable(name)] as const);
      const arrays = new Map<string, NDArray>();
      for (const [name, { aval, value }] of wanted) {
        this.engine.activate();
        // A layout for reading only is not worth keeping.
        const plain = value.clone();
        try {
          arrays.set(name, await download(plain.as('plain'), aval));
        } finally {
          plain.dispose();
        }
      }
      return arrays;
    });
  }

  write(changes: ReadonlyMap<string, NDArray>): Promise<void> {
    const copies = new Map(
      [...changes].map(([name, array]) => [name, { ...array, data: array.data.slice() } as NDArray]),
    );
    return this.exclusively(() => {
      for (const [name, { dtype, shape }] of copies) {
        const { aval } = this.#variable(name);
        if (aval.dtype !== dtype && !(isFloating(aval.dtype) && isFloating(dtype)))
          throw new DTypeError(`Cannot write ${dtype} to "${name}", which is ${aval.dtype}. Cast it.`);
        if (!sameShape(aval.shape, shape))
          throw new ShapeError(
            `Cannot write shape ${formatShape(shape)} to "${name}", which has ${formatShape(aval.shape)}.`,
          );
      }
      this.engine.activate();
      const { kernels } = this.engine;
      this.#commit(
        new Map(
          [...copies].map(([name, array]) => [
            name,
            upload(kernels, castArray(array, this.#variable(name).aval.dtype), true),
          ]),
        ),
      );
    });
  }

  /** Calls `body` once everything asked for earlier has ended. It may commit new values, which then belong to the state. */
  exclusively<R>(
    body: (values: ReadonlyMap<string, Value>, commit: (changes: ReadonlyMap<string, Value>) => void) => R | Promise<R>,
  ): Promise<R> {
    if (this.#disposed) return Promise.reject(new DisposedError('This StateStore'));
    const result = this.#last.then(async () => {
      try {
        return await body(new Map([...this.#variables].map(([name, { value }]) => [name, value])), (changes) =>
          this.#commit(changes),
        );
      } finally {
        this.engine.activate();
        for (const { value } of this.#variables.values()) value.compact();
      }
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** @throws NotFoundError, ShapeError, DTypeError naming the first variable that does not fit what the Program reads. */
  check(program: Program): void {
    for (const [name, id] of Object.entries(program.reads)) {
      const { dtype, shape } = program.avals[id]!;
      const variable = this.#variables.get(name);
      if (variable === undefined)
        throw new NotFoundError(
          `Program "${program.name}" reads "${name}", but the state has: ${[...this.#variables.keys()].join(', ') || 'none'}.`,
        );
      if (!sameShape(variable.aval.shape, shape))
        throw new ShapeError(
          `Program "${program.name}" reads "${name}" of shape ${formatShape(shape)}, but the state holds ${formatShape(variable.aval.shape)}. Use the state of the same network.`,
        );
      if (variable.aval.dtype !== dtype)
        throw new DTypeError(
          `Program "${program.name}" reads "${name}" as ${dtype}, but the state holds ${variable.aval.dtype}.`,
        );
    }
  }

  /** Waits for what is under way. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#last;
    for (const { value } of this.#variables.values()) value.dispose();
    this.#variables.clear();
    this.onDispose();
  }

  #commit(changes: ReadonlyMap<string, Value>): void {
    for (const [name, value] of changes) {
      const { aval, value: before } = this.#variable(name);
      before.dispose();
      this.#variables.set(name, { aval, value });
    }
  }

  #variable(name: string): Variable {
    const variable = this.#variables.get(name);
    if (variable === undefined)
      throw new NotFoundError(
        `The state has no entry "${name}". It has: ${[...this.#variables.keys()].join(', ') || 'none'}.`,
      );
    return variable;
  }
}
