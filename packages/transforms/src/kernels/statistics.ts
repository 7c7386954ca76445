/** Arithmetic mean; 0 of nothing. */
export function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Mean and population standard deviation, in two passes: the squares of large values would cancel. */
export function meanAndStd(values: Float32Array): readonly [mean: number, std: number] {
  const middle = mean(values);
  let squares = 0;
  for (const value of values) {
    const difference = value - middle;
    squares += difference * difference;
  }
  return [middle, values.length === 0 ? 0 : Math.sqrt(squares / values.length)];
}

export function minimumAndMaximum(values: Float32Array): readonly [minimum: number, maximum: number] {
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
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
