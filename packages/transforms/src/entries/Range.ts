import { ArgumentError, type Rng } from '@delira/core';

/** A number, or the lowest and highest that are drawn. */
export type Range = number | readonly [lowest: number, highest: number];

/** @throws ArgumentError unless both ends are finite, in order, and positive or not negative where that is asked for. */
export function checkRange(range: Range, what: string, sign: 'any' | 'not negative' | 'positive' = 'any'): Range {
  const [low, high] = endsOf(range);
  const signed = sign === 'any' || (sign === 'positive' ? low > 0 : low >= 0);
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high && signed))
    throw new ArgumentError(
      `${what} is [${low}, ${high}]. Expected the lowest and the highest value${sign === 'any' ? '' : `, both ${sign}`}.`,
    );
  return range;
}

export function endsOf(range: Range): readonly [lowest: number, highest: number] {
  return typeof range === 'number' ? [range, range] : range;
}

/** Uniform between the ends. */
export function drawUniform(range: Range, rng: Rng): number {
  const [low, high] = endsOf(range);
  return low + (high - low) * rng.uniform();
}

/**
 * A factor that is as often below one as above, when the range holds both: uniform in [low, 1] or in [max(low, 1), high], as
 * batchgenerators draws contrast, gamma and scale.
 */
export function drawFactor(range: Range, rng: Rng): number {
  const [low, high] = endsOf(range);
  const below = rng.uniform() < 0.5;
  if (low < 1 && (below || high <= 1)) return drawUniform([low, Math.min(1, high)], rng);
  return drawUniform([Math.max(low, 1), Math.max(high, 1)], rng);
}
