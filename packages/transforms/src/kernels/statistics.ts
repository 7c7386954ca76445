/** Arithmetic mean; 0 of nothing. */
export function mean(values: Float32Array): number {
  return values.length === 0 ? 0 : sumOf(values, 0, 1) / values.length;
}

/** Mean and population standard deviation, in two passes: the squares of large values would cancel. */
export function meanAndStd(values: Float32Array): readonly [mean: number, std: number] {
  const middle = mean(values);
  return [middle, values.length === 0 ? 0 : Math.sqrt(sumOf(values, middle, 2) / values.length)];
}

/** Of differences, or of their squares. Four sums at once: each addition would wait for the one before. */
function sumOf(values: Float32Array, middle: number, power: 1 | 2): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = values.length - (values.length % 4);
  if (power === 1) {
    for (let i = 0; i < whole; i += 4) {
      a += values[i]!;
      b += values[i + 1]!;
      c += values[i + 2]!;
      d += values[i + 3]!;
    }
    for (let i = whole; i < values.length; i++) a += values[i]!;
    return a + b + (c + d) - middle * values.length;
  }
  for (let i = 0; i < whole; i += 4) {
    a += (values[i]! - middle) ** 2;
    b += (values[i + 1]! - middle) ** 2;
    c += (values[i + 2]! - middle) ** 2;
    d += (values[i + 3]! - middle) ** 2;
  }
  for (let i = whole; i < values.length; i++) a += (values[i]! - middle) ** 2;
  return a + b + (c + d);
}

/** NaN where there is one. */
export function minimumAndMaximum(values: Float32Array): readonly [minimum: number, maximum: number] {
  let minimum = Infinity;
  let maximum = -Infinity;
  const { length } = values;
  // Conditions in place of Math.min would make an object of each new minimum.
  for (let i = 0; i < length; i += 2) {
    const value = values[i]!;
    const next = values[i + 1 < length ? i + 1 : i]!;
    minimum = Math.min(minimum, value, next);
    maximum = Math.max(maximum, value, next);
  }
  return [minimum, maximum];
}

/** Percentiles with linear interpolation between the two nearest ranks, as NumPy's default. */
export function percentiles(values: Float32Array, percents: readonly number[]): readonly number[] {
  const sorted = Float32Array.from(values).sort();
  return percents.map((percent) => {
    const rank = (percent / 100) * (sorted.length - 1);
    const lower = Math.floor(rank);
    const below = sorted[lower] ?? 0;
    const above = sorted[Math.min(lower + 1, sorted.length - 1)] ?? 0;
    return below + (above - below) * (rank - lower);
  });
}
