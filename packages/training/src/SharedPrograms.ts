import type { Backend, CreateStateOptions, Executable, NDArray, Program, StateStore } from '@delira/core';
import { createHash } from 'node:crypto';

/**
 * A backend that compiles equal Programs once, whoever asks for them: the folds of a cross-validation run the same ones. What is compiled
 * stays until `dispose`, whatever becomes of those who asked; the backend itself stays open.
 */
export class SharedPrograms implements Backend {
  readonly #executables = new Map<string, Promise<Executable>>();

  constructor(private readonly backend: Backend) {}

  get name(): string {
    return this.backend.name;
  }

  get capabilities(): Backend['capabilities'] {
    return this.backend.capabilities;
  }

  /** Whether compiling it would take no time. */
  has(program: Program): boolean {
    return this.#executables.has(fingerprint(program));
  }

  async compile(program: Program): Promise<Executable> {
    const key = fingerprint(program);
    const known = this.#executables.get(key);
    const compiling = known ?? this.backend.compile(program);
    if (known === undefined) {
      this.#executables.set(key, compiling);
      // A failed compilation must not be remembered: it may be tried again after a remedy.
      compiling.catch(() => this.#executables.delete(key));
    }
    const executable = await compiling;
    return { run: (...given) => executable.run(...given), dispose: () => Promise.resolve() };
  }

  createState(initial: ReadonlyMap<string, NDArray>, options?: CreateStateOptions): Promise<StateStore> {
    return this.backend.createState(initial, options);
  }

  async dispose(): Promise<void> {
    const compiled = [...this.#executables.values()];
    this.#executables.clear();
    for (const compiling of compiled) await (await compiling).dispose();
  }
}

/** Equal for Programs that compute the same in the same order, constants included. */
function fingerprint({ consts, ...program }: Program): string {
  const hash = createHash('sha256').update(JSON.stringify(program, (_, value: unknown) => exact(value)));
  for (const [id, { dtype, shape, data }] of consts) {
    hash.update(`\n${id} ${dtype} ${shape.join()}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** JSON writes what is not finite as null, and −0 as 0. */
function exact(value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? '-0' : String(value) };
}
