/**
 * Gaussian filter along every axis in turn, as `scipy.ndimage.gaussian_filter`: cut off at four standard deviations, mirrored between the
 * outermost voxel and the edge.
 *
 * @param sigmas standard deviations in voxels, one for each axis.
 */
export function blur(
  source: Float32Array,
  target: Float32Array,
  spatial: readonly number[],
  sigmas: readonly number[],
): void {
  target.set(source);
  let lanes = source.length;
  spatial.forEach((count, axis) => {
    lanes /= count;
    const weights = gaussianWeights(sigmas[axis]!);
    if (weights.length === 1) return;
    if (lanes === 1) blurRows(target, count, weights);
    else blurLanes(target, count, lanes, weights);
  });
}

/** From the middle outwards. */
function gaussianWeights(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Float64Array.from({ length: radius + 1 }, (_, i) =>
    i === 0 ? 1 : Math.exp(-0.5 * (i / sigma) ** 2),
  );
  const sum = weights.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  // An even number of pairs, the last of which may weigh nothing.
  const even = new Float64Array(radius + (radius % 2) + 1);
  weights.forEach((weight, i) => (even[i] = weight / sum));
  return even;
}

/** Along the last axis: each row is copied with its mirrored ends first. */
function blurRows(data: Float32Array, count: number, weights: Float64Array): void {
  const radius = weights.length - 1;
  const row = new Float32Array(count + 2 * radius);
  const places = Int32Array.from(row, (_, i) => mirrorIndex(i - radius, count));
  const taps = Int32Array.from({ length: 2 * radius + 1 }, (_, tap) => tap);
  for (let start = 0; start < data.length; start += count) {
    for (let i = 0; i < row.length; i++) row[i] = data[start + places[i]!]!;
    mix(row, taps, weights, data, start, count);
  }
}

/** Along another axis: whole rows of what follows are mixed at once, so that memory is read in order. */
function blurLanes(data: Float32Array, count: number, lanes: number, weights: Float64Array): void {
  const radius = weights.length - 1;
  const block = count * lanes;
  const before = new Float32Array(block);
  const taps = new Int32Array(2 * radius + 1);
  for (let start = 0; start < data.length; start += block) {
    before.set(data.subarray(start, start + block));
    for (let i = 0; i < count; i++) {
      for (let tap = 0; tap < taps.length; tap++) taps[tap] = mirrorIndex(i + tap - radius, count) * lanes;
      mix(before, taps, weights, data, start + i * lanes, lanes);
    }
  }
}

/**
 * The weighted sum of rows that begin at `taps`, an even number of pairs around the middle one. Up to four pairs are read in one pass: with a pass for
 * each, the sums would be read and written as often.
 */
function mix(
  rows: Float32Array,
  taps: Int32Array,
  weights: Float64Array,
  target: Float32Array,
  to: number,
  length: number,
): void {
  const radius = weights.length - 1;
  const a = taps[radius]!;
  const b = taps[radius - 1]!;
  const c = taps[radius + 1]!;
  const d = taps[radius - 2]!;
  const e = taps[radius + 2]!;
  const own = weights[0]!;
  const first = weights[1]!;
  const second = weights[2]!;
  if (radius === 2) {
    for (let i = 0; i < length; i++)
      target[to + i] =
        own * rows[a + i]! + first * (rows[b + i]! + rows[c + i]!) + second * (rows[d + i]! + rows[e + i]!);
    return;
  }
  const f = taps[radius - 3]!;
  const g = taps[radius + 3]!;
  const h = taps[radius - 4]!;
  const j = taps[radius + 4]!;
  const third = weights[3]!;
  const fourth = weights[4]!;
  for (let i = 0; i < length; i++)
    target[to + i] =
      own * rows[a + i]! +
      first * (rows[b + i]! + rows[c + i]!) +
      second * (rows[d + i]! + rows[e + i]!) +
      third * (rows[f + i]! + rows[g + i]!) +
      fourth * (rows[h + i]! + rows[j + i]!);
  for (let pair = 5; pair <= radius; pair++) {
    const left = taps[radius - pair]!;
    const right = taps[radius + pair]!;
    const weight = weights[pair]!;
    for (let i = 0; i < length; i++) target[to + i]! += weight * (rows[left + i]! + rows[right + i]!);
  }
}

/** `d c b a | a b c d | d c b a`. */
function mirrorIndex(index: number, count: number): number {
  const period = 2 * count;
  const rest = ((index % period) + period) % period;
  return rest < count ? rest : period - 1 - rest;
}
