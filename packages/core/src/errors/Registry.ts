import { ArgumentError, NotFoundError } from './errors.js';
import { didYouMean } from './didYouMean.js';

/**
 * Names for interchangeable things (networks, optimizers, metrics…). An application composes its registries explicitly; nothing
 * registers itself on import.
 */
export class Registry<T> {
  readonly #entries = new Map<string, T>();

  /** @param kind what is registered, in the singular, for messages: `'network'`. */
  constructor(readonly kind: string) {}

  /** @throws ArgumentError when the name is taken. */
  register(name: string, entry: T): this {
    if (this.#entries.has(name))
      throw new ArgumentError(`There is already a ${this.kind} called "${name}". Choose another name.`);
    this.#entries.set(name, entry);
    return this;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** @throws NotFoundError listing the registered names, with the nearest one suggested. */
  get(name: string): T {
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      const names = this.names();
      throw new NotFoundError(
        `There is no ${this.kind} called "${name}".${didYouMean(name, names)} Registered: ${names.join(', ') || 'none'}.`,
      );
    }
    return entry;
  }

  /** Registered names, sorted. */
  names(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }
}
