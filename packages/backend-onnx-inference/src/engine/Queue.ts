/** Does one thing after the other. */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  add<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
