import { ArgumentError } from '../errors/index.js';
import { threefry2x32 } from './threefry.js';

/**
 * A counter-based random stream. `fork(path)` is a pure function of (key, path) and does not advance the parent, so results do not
 * depend on the number of workers or on call order elsewhere.
 */
export interface Rng {
  /** Uniform in [0, 1) with 24 random bits: exact in float32 and float64. */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Uniform integer in [0, bound), without modulo bias. */
  int(bound: number): number;
  fork(...path: readonly (string | number)[]): Rng;
  /** Fills with uniform numbers in [0, 1). */
  fillUniform(target: Float32Array | Float64Array): void;
  /** Fills with standard normal numbers. */
  fillNormal(target: Float32Array | Float64Array): void;
}

const TO_UNIT = 1 / 0x1000000;

class ThreefryRng implements Rng {
  #block = 0;
  #used = 2;
  readonly #words = new Uint32Array(2);
  #spareNormal: number | null = null;

  constructor(
    private readonly key0: number,
    private readonly key1: number,
  ) {}

  #next(): number {
    if (this.#used === 2) {
      threefry2x32(this.key0, this.key1, this.#block >>> 0, Math.floor(this.#block / 0x100000000), this.#words);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  uniform(): number {
    return (this.#next() >>> 8) * TO_UNIT;
  }

  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    // 1 - u lies in (0, 1]: its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  int(bound: number): number {
    if (!Number.isSafeInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new ArgumentError(`int(bound) needs an integer bound from 1 to 2^32, got ${bound}.`);
    }
    const limit = 0x100000000 - (0x100000000 % bound);
    let word = this.#next();
    while (word >= limit) word = this.#next();
    return word % bound;
  }

  fork(...path: readonly (string | number)[]): Rng {
    const words = new Uint32Array([this.key0, this.key1]);
    for (const part of path) {
      const text = typeof part === 'number' ? `#${part}` : `$${part}`;
      for (let i = 0; i < text.length; i++) threefry2x32(words[0]!, words[1]!, text.charCodeAt(i), i + 1, words);
      // The length closes each part, so ('a', 'b') and ('ab') differ.
      threefry2x32(words[0]!, words[1]!, text.length, 0, words);
    }
    return new ThreefryRng(words[0]!, words[1]!);
  }

  fillUniform(target: Float32Array | Float64Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.uniform();
  }

  fillNormal(target: Float32Array | Float64Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.normal();
  }
}

/** @param seed any safe integer; equal seeds give equal streams on every machine. */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(`A seed must be a safe integer, got ${seed}.`);
  return new ThreefryRng(seed >>> 0, Math.floor(seed / 0x100000000) >>> 0);
}

/** A random permutation of 0…length-1 (Fisher-Yates). */
export function permutation(length: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let i = length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
