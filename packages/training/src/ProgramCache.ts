import type { Backend, BatchSignature, Executable, Program } from '@delira/core';
import type { PreparedBatch } from './PreparedBatch.js';
import { SharedPrograms } from './SharedPrograms.js';

/** A Program the engine is ready to run, and the names of its scalar outputs. */
export interface CompiledProgram {
  readonly executable: Executable;
  readonly scalars: readonly string[];
}

/** What is told about every compilation. */
export interface CompileListener {
  /** Before the engine gets the Program; throws to refuse it. */
  onTraced(program: Program): void;
  /** `seconds` is the time of tracing and compiling. */
  onCompiled(name: string, signature: string, seconds: number): void;
  /** In place of both, for a Program that is compiled already. */
  onReused(name: string, signature: string): void;
}

/** One executable for each batch signature; every compilation is reported. */
export class ProgramCache {
  readonly #programs = new Map<string, Promise<CompiledProgram>>();
  /** Traced, and not compiled yet. */
  readonly #traced = new Map<string, Program>();

  constructor(
    private readonly backend: Backend,
    private readonly trace: (signature: BatchSignature) => Program,
    private readonly listener: CompileListener,
  ) {}

  /** The executable for batches like this one. */
  get({ signature, key }: Pick<PreparedBatch, 'signature' | 'key'>): Promise<CompiledProgram> {
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const compiling = this.#compile(signature, key);
    this.#programs.set(key, compiling);
    // A failed compilation must not be remembered: the next batch may be tried after a remedy.
    compiling.catch(() => this.#programs.delete(key));
    return compiling;
  }

  /** Names of the scalars that batches like this one give; compiles nothing. */
  scalars({ signature, key }: Pick<PreparedBatch, 'signature' | 'key'>): readonly string[] {
    const program = this.#traced.get(key) ?? this.trace(signature);
    this.#traced.set(key, program);
    return scalarOutputs(program);
  }

  async #compile(signature: BatchSignature, key: string): Promise<CompiledProgram> {
    const start = performance.now();
    const program = this.#traced.get(key) ?? this.trace(signature);
    this.#traced.delete(key);
    if (this.backend instanceof SharedPrograms && this.backend.has(program)) {
      this.listener.onReused(program.name, key);
      return { executable: await this.backend.compile(program), scalars: scalarOutputs(program) };
    }
    this.listener.onTraced(program);
    const executable = await this.backend.compile(program);
    this.listener.onCompiled(program.name, key, (performance.now() - start) / 1000);
    return { executable, scalars: scalarOutputs(program) };
  }

  async dispose(): Promise<void> {
    for (const compiling of this.#programs.values()) await (await compiling).executable.dispose();
    this.#programs.clear();
  }
}

/** Names of the outputs that are single numbers. */
export function scalarOutputs(program: Program): readonly string[] {
  return Object.keys(program.outputs).filter((name) => program.avals[program.outputs[name]!]!.shape.length === 0);
}
