import {
  ArgumentError,
  castArray,
  DisposedError,
  DTypeError,
  isFloating,
  NotFoundError,
  sameShape,
  ShapeError,
} from '@delira/core';

/** @typedef {import('@delira/core').NDArray} NDArray */

/** @template {NDArray} T @param {T} array @returns {T} */
const copy = (array) => ({ ...array, data: array.data.slice() });

/** Variables, shared by Programs. What is asked of it happens in the order it was asked. @implements {import('@delira/core').StateStore} */
export class TinyState {
  /** @type {Map<string, NDArray>} */
  #entries;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #disposed = false;

  /** @param {ReadonlyMap<string, NDArray>} initial */
  constructor(initial) {
    this.#entries = new Map([...initial].map(([name, array]) => [name, copy(array)]));
  }

  /** @param {readonly string[]} [names] */
  read(names) {
    return this.exclusively(
      (entries) => new Map((names ?? [...entries.keys()]).map((name) => [name, copy(entry(entries, name))])),
    );
  }

  /** @param {ReadonlyMap<string, NDArray>} changes */
  write(changes) {
    const copies = [...changes].map(([name, array]) => /** @type {const} */ ([name, copy(array)]));
    return this.exclusively((entries) => {
      // All are checked before any is changed.
      const fitting = copies.map(([name, array]) => {
        const held = entry(entries, name);
        if (held.dtype !== array.dtype && !(isFloating(held.dtype) && isFloating(array.dtype)))
          throw new DTypeError(`"${name}" is ${held.dtype} and cannot hold ${array.dtype}. Cast it.`);
        if (!sameShape(held.shape, array.shape))
          throw new ShapeError(`"${name}" has shape [${held.shape}] and cannot hold [${array.shape}].`);
        return /** @type {const} */ ([name, castArray(array, held.dtype)]);
      });
      for (const [name, array] of fitting) entries.set(name, array);
    });
  }

  /** @template R @param {(entries: Map<string, NDArray>) => R} body @returns {Promise<R>} */
  exclusively(body) {
    if (this.#disposed) return Promise.reject(new DisposedError('This state'));
    const result = this.#last.then(() => body(this.#entries));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async dispose() {
    this.#disposed = true;
    await this.#last;
    this.#entries = new Map();
  }
}

/** @param {ReadonlyMap<string, NDArray>} entries @param {string} name */
function entry(entries, name) {
  const found = entries.get(name);
  if (found === undefined)
    throw new NotFoundError(`The state has no "${name}". It has: ${[...entries.keys()].join(', ')}.`);
  return found;
}

/** The entry a Program reads. @param {ReadonlyMap<string, NDArray>} entries @param {string} name @param {import('@delira/core').Aval | undefined} aval */
export function fitting(entries, name, aval) {
  const found = entry(entries, name);
  if (aval === undefined || !sameShape(found.shape, aval.shape))
    throw new ShapeError(
      `The Program reads "${name}" of shape [${aval?.shape}], but the state holds [${found.shape}].`,
    );
  return found;
}

/** @param {unknown} state @returns {TinyState} */
export function requireTinyState(state) {
  if (state instanceof TinyState) return state;
  throw new ArgumentError('The state given to run() is of another backend. Make it with createState() of this one.');
}
