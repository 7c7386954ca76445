import type { Backend, BatchSignature, Executable, Program, Sample } from '@delira/core';

export function signatureOf(batch: Sample): BatchSignature {
  return Object.fromEntries(Object.entries(batch).map(([name, { shape, dtype }]) => [name, { shape, dtype }]));
}

function keyOf(signature: BatchSignature): string {
  return Object.entries(signature)
    .map(([name, { shape, dtype }]) => `${name}:${dtype}[${shape.join()}]`)
    .sort()
    .join(' ');
}

/** One executable for each batch signature; every compilation is reported. */
export class ProgramCache {
  readonly #executables = new Map<string, Promise<Executable>>();

  /** @param onCompiled told the program's name, signature and the seconds tracing and compiling took. */
  constructor(
    private readonly backend: Backend,
    private readonly trace: (signature: BatchSignature) => Program,
    private readonly onCompiled: (name: string, signature: string, seconds: number) => void,
  ) {}

  /** The executable for batches like this one. */
  get(batch: Sample): Promise<Executable> {
    const signature = signatureOf(batch);
    const key = keyOf(signature);
    const known = this.#executables.get(key);
    if (known !== undefined) return known;
    const compiling = this.#compile(signature, key);
    this.#executables.set(key, compiling);
    // A failed compilation must not be remembered: the next batch may be tried after a remedy.
    compiling.catch(() => this.#executables.delete(key));
    return compiling;
  }

  async #compile(signature: BatchSignature, key: string): Promise<Executable> {
    const start = performance.now();
    const program = this.trace(signature);
    const executable = await this.backend.compile(program);
    this.onCompiled(program.name, key, (performance.now() - start) / 1000);
    return executable;
  }

  async dispose(): Promise<void> {
    for (const executable of this.#executables.values()) await (await executable).dispose();
    this.#executables.clear();
  }
}
