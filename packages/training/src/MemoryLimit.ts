import { totalmem } from 'node:os';
import { ArgumentError, estimateMemory, type MemoryEstimate, type Program } from '@delira/core';
import { MemoryLimitError } from './errors.js';

/** Bytes that this process may have: the container's limit, or else the machine's memory. */
export function machineMemory(): number {
  // Zero or a huge number: there is no such limit.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Refuses what cannot fit before an engine compiles it: an engine that runs out of memory ends the whole process. */
export class MemoryLimit {
  /** Before there is any state: Node, the engine, and what datasets hold. */
  readonly #used = process.memoryUsage.rss();
  /** Of the Programs so far: an engine keeps what it once took for intermediate values. */
  #kept = { least: 0, total: 0 };

  /** @throws ArgumentError unless the limit is a positive number of bytes. */
  constructor(private readonly limit = machineMemory()) {
    if (!(limit > 0)) throw new ArgumentError(`memoryLimit must be a positive number of bytes, got ${limit}.`);
  }

  /**
   * To be asked before each Program that is compiled.
   *
   * @throws MemoryLimitError when even what the Program surely needs is more than the limit.
   */
  check(program: Program): { readonly estimate: MemoryEstimate; readonly mayNotFit: boolean } {
    const estimate = estimateMemory(program);
    const before = this.#used + this.#kept.least;
    if (before + estimate.least > this.limit) {
      throw new MemoryLimitError(
        `${program.name} needs at least ${gibibytes(estimate.least)} beside the ${gibibytes(before)} this process has or keeps, and probably ${estimate.formatted}; the limit is ${gibibytes(this.limit)}. Use smaller batches, images or patches, a smaller network, or a machine with more memory; the trainer's option memoryLimit (in bytes, Infinity for none) sets the limit.`,
        estimate,
        this.limit,
      );
    }
    const mayNotFit = this.#used + this.#kept.total + estimate.total > this.limit;
    const { batch, activations, workspace } = estimate;
    this.#kept.least += batch + activations;
    this.#kept.total += batch + activations + workspace;
    return { estimate, mayNotFit };
  }
}
