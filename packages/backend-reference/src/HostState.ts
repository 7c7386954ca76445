import {
  ArgumentError,
  DisposedError,
  DTypeError,
  formatShape,
  castArray,
  isFloating,
  type NDArray,
  NotFoundError,
  type Program,
  sameShape,
  ShapeError,
  type StateStore,
} from '@delira/core';

/** Variables as arrays in this process. Reads, writes and runs wait for one another, in the order they were asked for. */
export class HostState implements StateStore {
  #entries: ReadonlyMap<string, NDArray>;
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** @param keep copies an array into the form it is held in; @param onDispose called once all is over. */
  constructor(
    initial: ReadonlyMap<string, NDArray>,
    private readonly keep: (array: NDArray) => NDArray,
    private readonly onDispose: () => void,
  ) {
    this.#entries = new Map([...initial].map(([name, array]) => [name, keep(array)]));
  }

  read(names?: readonly string[]): Promise<ReadonlyMap<string, NDArray>> {
    return this.exclusively((entries) => {
      const wanted = names ?? [...entries.keys()];
      return new Map(wanted.map((name) => [name, copyOf(this.#entry(entries, name))]));
    });
  }

  write(changes: ReadonlyMap<string, NDArray>): Promise<void> {
    const copies = new Map([...changes].map(([name, array]) => [name, this.keep(array)]));
    return this.exclusively((entries) => {
      const kept = new Map<string, NDArray>();
      for (const [name, copy] of copies) {
        const { dtype, shape } = copy;
        const held = this.#entry(entries, name);
        const convertible = isFloating(held.dtype) && isFloating(dtype);
        if (held.dtype !== dtype && !convertible)
          throw new DTypeError(
            `Cannot write ${changes.get(name)!.dtype} to "${name}", which is ${held.dtype}. Cast it.`,
          );
        if (!sameShape(held.shape, shape))
          throw new ShapeError(
            `Cannot write shape ${formatShape(shape)} to "${name}", which has ${formatShape(held.shape)}.`,
          );
        kept.set(name, castArray(copy, held.dtype));
      }
      this.#entries = new Map([...entries, ...kept]);
    });
  }

  /** Calls `body` once everything asked for earlier has ended. It may commit further entries. */
  exclusively<R>(
    body: (entries: ReadonlyMap<string, NDArray>, commit: (changes: ReadonlyMap<string, NDArray>) => void) => R,
  ): Promise<R> {
    if (this.#disposed) return Promise.reject(new DisposedError('This StateStore'));
    const result = this.#last.then(() =>
      body(this.#entries, (changes) => {
        this.#entries = new Map([...this.#entries, ...changes]);
      }),
    );
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits for what is under way. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#last;
    this.#entries = new Map();
    this.onDispose();
  }

  #entry(entries: ReadonlyMap<string, NDArray>, name: string): NDArray {
    const entry = entries.get(name);
    if (entry === undefined)
      throw new NotFoundError(`The state has no entry "${name}". It has: ${[...entries.keys()].join(', ') || 'none'}.`);
    return entry;
  }
}

export function copyOf(array: NDArray): NDArray {
  return { ...array, data: array.data.slice() };
}

/** @throws ArgumentError for a store of another backend. */
export function requireHostState(state: StateStore, backend: string): HostState {
  if (state instanceof HostState) return state;
  throw new ArgumentError(
    `The state given to run() does not belong to the backend "${backend}". Make it with this backend's createState().`,
  );
}

/** The entries a Program reads. @throws NotFoundError, ShapeError, DTypeError naming the first that does not fit. */
export function checkReads(
  program: Program,
  entries: ReadonlyMap<string, NDArray>,
  storedAs: (dtype: NDArray['dtype']) => NDArray['dtype'],
): void {
  for (const [name, id] of Object.entries(program.reads)) {
    const { dtype, shape } = program.avals[id]!;
    const entry = entries.get(name);
    if (entry === undefined)
      throw new NotFoundError(
        `Program "${program.name}" reads "${name}", but the state has: ${[...entries.keys()].join(', ') || 'none'}.`,
      );
    if (!sameShape(entry.shape, shape))
      throw new ShapeError(
        `Program "${program.name}" reads "${name}" of shape ${formatShape(shape)}, but the state holds ${formatShape(entry.shape)}.`,
      );
    if (entry.dtype !== storedAs(dtype))
      throw new DTypeError(
        `Program "${program.name}" reads "${name}" as ${dtype}, but the state holds ${entry.dtype}.`,
      );
  }
}
