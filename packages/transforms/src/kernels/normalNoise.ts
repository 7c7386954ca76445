import { threefry2x32With13Rounds } from '@delira/core';

/** Segments of each octave of probabilities: in each the quantile is its Taylor polynomial of order two, off by less than 1e-6. */
const SEGMENTS = 64;
/** Probabilities reach from 2^-33 to below 1/2: the float32 exponents 94 to 125. Rounded, they may be one half. */
const LOWEST_EXPONENT = 94;
const OCTAVES = 32;

let quantiles: Float64Array | null = null;

/**
 * Fills with standard normal numbers up to 6.4, a pure function of the seed: Threefry-2x32 with 13 rounds, the fewest that pass all tests
 * (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and the normal distribution's quantiles from a table. Four times as fast as
 * Box-Muller.
 *
 * @param seed two words in one number: any integer from 0 to 2^53 - 1.
 */
export function fillNoise(target: Float32Array, seed: number): void {
  fillTails(target, seed >>> 0, Math.floor(seed / 0x100000000) >>> 0);
  const table = (quantiles ??= tabulate());
  const bits = new Int32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    const segment = 3 * (((word >> 17) & 0x3fff) - LOWEST_EXPONENT * SEGMENTS);
    const offset = ((word & 0x1ffff) - 0x10000) / 0x800000;
    const quantile = table[segment]! + offset * (table[segment + 1]! + offset * table[segment + 2]!);
    target[i] = word < 0 ? -quantile : quantile;
  }
}

/** Uniform probabilities of a tail, below one half, with a random sign. */
function fillTails(target: Float32Array, key0: number, key1: number): void {
  const words = new Uint32Array(2);
  const { length } = target;
  for (let i = 0; i < length; i += 2) {
    threefry2x32With13Rounds(key0, key1, i >>> 1, 0, words);
    target[i] = tailOf(words[0]! | 0);
    if (i + 1 < length) target[i + 1] = tailOf(words[1]! | 0);
  }
}

function tailOf(word: number): number {
  const probability = ((word & 0x7fffffff) + 0.5) / 0x100000000;
  return word < 0 ? -probability : probability;
}

/**
 * Quantile, slope and half the curvature of the upper tail at the middle of each segment: the solution of `dz/dp = -1 / φ(z)` from `z(1/2) = 0` on
 * downwards, by the fourth order Runge-Kutta method.
 */
function tabulate(): Float64Array {
  // One half is the first segment of an octave more, and its quantile is 0.
  const table = new Float64Array(3 * (OCTAVES * SEGMENTS + 1));
  let z = 0;
  let probability = 0.5;
  for (let segment = OCTAVES * SEGMENTS - 1; segment >= 0; segment--) {
    const octave = 2 ** (Math.floor(segment / SEGMENTS) + LOWEST_EXPONENT - 127);
    const middle = octave * (1 + ((segment % SEGMENTS) + 0.5) / SEGMENTS);
    z = follow(z, probability, middle);
    probability = middle;
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    // The table counts in the offset within an octave.
    table[3 * segment] = z;
    table[3 * segment + 1] = -octave / density;
    table[3 * segment + 2] = (octave * octave * z) / (2 * density * density);
  }
  return table;
}

/** From one probability to a lower one, along their logarithm, in which the quantile is nearly straight. */
function follow(z: number, from: number, to: number): number {
  const step = Math.log(to / from);
  const slope = (at: number, share: number): number =>
    -from * Math.exp(share * step + 0.5 * at * at) * Math.sqrt(2 * Math.PI) * step;
  const a = slope(z, 0);
  const b = slope(z + a / 2, 0.5);
  const c = slope(z + b / 2, 0.5);
  const d = slope(z + c, 1);
  return z + (a + 2 * b + 2 * c + d) / 6;
}
