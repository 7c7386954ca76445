/** Hands the turn from one asynchronous function to another. */
export class Turn {
  #given = false;
  #wake: (() => void) | null = null;

  give(): void {
    this.#given = true;
    this.#wake?.();
  }

  /** Waits until it is given, and takes it. */
  async taken(): Promise<void> {
    if (!this.#given) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#given = false;
    this.#wake = null;
  }
}
