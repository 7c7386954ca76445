import {
  castArray,
  DisposedError,
  DTypeError,
  formatShape,
  isFloating,
  type NDArray,
  NotFoundError,
  sameShape,
  ShapeError,
  type StateStore,
} from '@delira/core';

const copied = (array: NDArray): NDArray => ({ ...array, data: array.data.slice() }) as NDArray;

/** Variables in this process; sessions hold what they were when these were made. */
export class VariableState implements StateStore {
  readonly #arrays: Map<string, NDArray>;
  readonly #dependents = new Set<() => Promise<void>>();
  #disposed = false;
  /** Grows with each change. */
  version = 0;

  constructor(
    readonly owner: object,
    initial: ReadonlyMap<string, NDArray>,
  ) {
    this.#arrays = new Map([...initial].map(([name, array]) => [name, copied(array)]));
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  #get(name: string): NDArray {
    const array = this.#arrays.get(name);
    if (array !== undefined) return array;
    const names = [...this.#arrays.keys()];
    throw new NotFoundError(
      `The state has no variable "${name}". It has ${names.length}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}.`,
    );
  }

  async read(names: readonly string[] = [...this.#arrays.keys()]): Promise<ReadonlyMap<string, NDArray>> {
    if (this.#disposed) throw new DisposedError('The state store');
    return new Map(names.map((name) => [name, copied(this.#get(name))]));
  }

  async write(entries: ReadonlyMap<string, NDArray>): Promise<void> {
    if (this.#disposed) throw new DisposedError('The state store');
    for (const [name, { shape, dtype }] of entries) {
      const own = this.#get(name);
      if (!sameShape(own.shape, shape))
        throw new ShapeError(
          `Variable "${name}" has shape ${formatShape(own.shape)}, cannot be written with ${formatShape(shape)}. Nothing was written.`,
        );
      if (own.dtype !== dtype && !(isFloating(own.dtype) && isFloating(dtype)))
        throw new DTypeError(
          `Variable "${name}" is ${own.dtype}, cannot be written with ${dtype}. Nothing was written.`,
        );
    }
    for (const [name, array] of entries) {
      const converted = castArray(array, this.#get(name).dtype);
      this.#arrays.set(name, converted === array ? copied(array) : converted);
    }
    this.version++;
  }

  /** The variables of these names, not to be changed. @throws NotFoundError, ShapeError, DTypeError when they do not fit a Program. */
  variables(wanted: ReadonlyMap<string, Pick<NDArray, 'shape' | 'dtype'>>): ReadonlyMap<string, NDArray> {
    return new Map(
      [...wanted].map(([name, { shape, dtype }]) => {
        const own = this.#get(name);
        if (!sameShape(own.shape, shape))
          throw new ShapeError(
            `Variable "${name}" has shape ${formatShape(own.shape)}, but the program was compiled for ${formatShape(shape)}. Use the state of the same network.`,
          );
        if (own.dtype !== dtype)
          throw new DTypeError(`Variable "${name}" is ${own.dtype}, but the program was compiled for ${dtype}.`);
        return [name, own];
      }),
    );
  }

  /** Calls back when the state is disposed. Gives what ends this. */
  whenDisposed(callback: () => Promise<void>): () => void {
    this.#dependents.add(callback);
    return () => void this.#dependents.delete(callback);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const release of this.#dependents) await release();
    this.#dependents.clear();
    this.#arrays.clear();
  }
}
