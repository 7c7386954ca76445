/** Lets one piece of work run at a time, in the order they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs `work` once everything asked for earlier has ended, at once if nothing has to; gives what it gives. */
  async take<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#waiting++ === 0 ? work() : this.#last.then(work);
    this.#last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#waiting--;
    }
  }
}
