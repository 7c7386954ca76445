/** Adds up milliseconds by what they were spent on. */
export class Stopwatch<Name extends string> {
  readonly #spent = new Map<Name, number>();

  spent(name: Name): number {
    return this.#spent.get(name) ?? 0;
  }

  add(name: Name, milliseconds: number): void {
    this.#spent.set(name, this.spent(name) + milliseconds);
  }

  /** Times an asynchronous piece of work, less what it spends on `except`. */
  async time<R>(name: Name, work: () => Promise<R>, except?: Name): Promise<R> {
    const start = performance.now();
    const other = (): number => (except === undefined ? 0 : this.spent(except));
    const before = other();
    try {
      return await work();
    } finally {
      this.add(name, performance.now() - start - (other() - before));
    }
  }
}
