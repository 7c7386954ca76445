import {
  allocate,
  castArray,
  DTypeError,
  EngineError,
  formatShape,
  isFloating,
  type NDArray,
  NotFoundError,
  sameShape,
  ShapeError,
} from '@delira/core';
import { plainLayout, type StateLayout } from '@delira/onnx';
import { release } from './release.js';

interface Entry {
  /** What users see. */
  readonly plain: { readonly shape: NDArray['shape']; readonly dtype: NDArray['dtype'] };
  layout: StateLayout;
  array: NDArray;
  /** Where a run writes the next value, in the same layout; the two trade places. */
  spare: NDArray | null;
}

/** Bytes of variables that are converted between two pauses. */
const PAUSE = 2 ** 25;

/** Variables in the layouts of whatever ran last; plain arrays go in and come out. */
export class VariableStore {
  readonly #entries = new Map<string, Entry>();
  #brokenBy: Error | null = null;

  /** @param owned as for `add`. */
  constructor(initial: ReadonlyMap<string, NDArray>, owned: ReadonlySet<string> = new Set()) {
    this.add(initial, owned);
  }

  /**
   * New variables.
   *
   * @param owned names of arrays that are nobody else's: they are kept instead of copied, unless two of them share memory.
   */
  add(initial: ReadonlyMap<string, NDArray>, owned: ReadonlySet<string>): void {
    const kept = new Set<ArrayBufferLike>();
    for (const [name, array] of initial) {
      const { buffer, byteLength } = array.data;
      const keep = owned.has(name) && byteLength === buffer.byteLength && !kept.has(buffer);
      if (keep) kept.add(buffer);
      this.#entries.set(name, {
        plain: { shape: array.shape, dtype: array.dtype },
        layout: plainLayout,
        array: keep ? array : ({ ...array, data: array.data.slice() } as NDArray),
        spare: null,
      });
    }
  }

  /** A run has failed while it wrote over variables: they are of two steps. */
  breakBy(error: Error): void {
    this.#brokenBy = error;
  }

  #entry(name: string): Entry {
    if (this.#brokenBy !== null) {
      throw new EngineError(
        `The state is incomplete, because the engine failed while it wrote variables: ${this.#brokenBy.message}. Create a new state from the last checkpoint.`,
        { cause: this.#brokenBy },
      );
    }
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      const names = [...this.#entries.keys()];
      throw new NotFoundError(
        `The state has no variable "${name}". It has ${names.length}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}.`,
      );
    }
    return entry;
  }

  read(names: readonly string[] = [...this.#entries.keys()]): Map<string, NDArray> {
    return new Map(
      names.map((name) => {
        const { layout, array, plain } = this.#entry(name);
        const unpacked = layout.unpack(array);
        return [name, { ...plain, data: unpacked === array ? array.data.slice() : unpacked.data } as NDArray];
      }),
    );
  }

  write(entries: ReadonlyMap<string, NDArray>): void {
    for (const [name, { shape, dtype }] of entries) {
      const { plain } = this.#entry(name);
      if (!sameShape(plain.shape, shape))
        throw new ShapeError(
          `Variable "${name}" has shape ${formatShape(plain.shape)}, cannot be written with ${formatShape(shape)}. Nothing was written.`,
        );
      if (plain.dtype !== dtype && !(isFloating(plain.dtype) && isFloating(dtype)))
        throw new DTypeError(
          `Variable "${name}" is ${plain.dtype}, cannot be written with ${dtype}. Nothing was written.`,
        );
    }
    for (const [name, array] of entries) {
      const entry = this.#entry(name);
      entry.layout = plainLayout;
      entry.spare = null;
      const converted = castArray(array, entry.plain.dtype);
      entry.array = converted === array ? ({ ...array, data: array.data.slice() } as NDArray) : converted;
    }
  }

  /**
   * Converts variables to the layouts that a run needs, with pauses: what a conversion leaves behind is only free after one, and the next
   * takes its place. Otherwise everything would be in memory twice.
   */
  async arrange(layouts: ReadonlyMap<string, StateLayout>): Promise<void> {
    let freed = 0;
    for (const [name, layout] of layouts) {
      const entry = this.#entry(name);
      if (entry.layout.key === layout.key) continue;
      freed += entry.array.data.byteLength;
      this.#convert(entry, layout);
      if (freed < PAUSE) continue;
      freed = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The variable in this layout, converted once if it is in another. @throws ShapeError, DTypeError when it does not fit the Program. */
  take(name: string, layout: StateLayout, shape: NDArray['shape'], dtype: NDArray['dtype']): NDArray {
    const entry = this.#entry(name);
    this.check(name, shape, dtype);
    if (entry.layout.key !== layout.key) this.#convert(entry, layout);
    return entry.array;
  }

  /** @throws NotFoundError, ShapeError, DTypeError when the variable does not fit a Program. */
  check(name: string, shape: NDArray['shape'], dtype: NDArray['dtype']): void {
    const entry = this.#entry(name);
    if (!sameShape(entry.plain.shape, shape))
      throw new ShapeError(
        `Variable "${name}" has shape ${formatShape(entry.plain.shape)}, but the program was compiled for ${formatShape(shape)}. Use the state of the same network.`,
      );
    if (entry.plain.dtype !== dtype)
      throw new DTypeError(`Variable "${name}" is ${entry.plain.dtype}, but the program was compiled for ${dtype}.`);
  }

  #convert(entry: Entry, layout: StateLayout): void {
    const previous = new Set([entry.array, entry.spare ?? entry.array].map(({ data }) => data.buffer));
    const plain = { ...entry.layout.unpack(entry.array), ...entry.plain } as NDArray;
    entry.array = layout.pack(plain);
    entry.layout = layout;
    entry.spare = null;
    // A layout may be another view of the same memory.
    previous.delete(entry.array.data.buffer);
    release(previous);
  }

  /** Whether there is a buffer beside the variable already. */
  hasSpare(name: string): boolean {
    return this.#entry(name).spare !== null;
  }

  /** A buffer beside the variable, as large as it is in its present layout. */
  spare(name: string): NDArray {
    const entry = this.#entry(name);
    const { dtype, shape, data } = entry.array;
    entry.spare ??= { dtype, shape, data: allocate(dtype, data.length) };
    return entry.spare;
  }

  /** Makes the spare, which a run has filled, the variable. */
  swap(name: string): void {
    const entry = this.#entry(name);
    const filled = entry.spare!;
    entry.spare = entry.array;
    entry.array = filled;
  }

  /** The memory it holds. */
  buffers(): readonly ArrayBufferView[] {
    return [...this.#entries.values()].flatMap(({ array, spare }) =>
      spare === null ? [array.data] : [array.data, spare.data],
    );
  }
}
