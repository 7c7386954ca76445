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
  return weights.map((weight) => weight / sum);
}

/** Along the last axis: each row is copied with its mirrored ends first. */
function blurRows(data: Float32Array, count: number, weights: Float64Array): void {
  const radius = weights.length - 1;
  const row = new Float64Array(count + 2 * radius);
  const places = Int32Array.from(row, (_, i) => mirrorIndex(i - radius, count));
  for (let start = 0; start < data.length; start += count) {
    for (let i = 0; i < row.length; i++) row[i] = data[start + places[i]!]!;
    for (let i = 0; i < count; i++) {
      const middle = i + radius;
      let sum = weights[0]! * row[middle]!;
      for (let tap = 1; tap <= radius; tap++) sum += weights[tap]! * (row[middle - tap]! + row[middle + tap]!);
      data[start + i] = sum;
    }
  }
}

/** Along another axis: whole rows of what follows are added at once, so that memory is read in order. */
function blurLanes(data: Float32Array, count: number, lanes: number, weights: Float64Array): void {
  const block = count * lanes;
  const before = new Float32Array(block);
  const sums = new Float64Array(lanes);
  for (let start = 0; start < data.length; start += block) {
    before.set(data.subarray(start, start + block));
    for (let i = 0; i < count; i++) {
      const own = i * lanes;
      for (let lane = 0; lane < lanes; lane++) sums[lane] = weights[0]! * before[own + lane]!;
      for (let tap = 1; tap < weights.length; tap++) {
        const weight = weights[tap]!;
        const left = mirrorIndex(i - tap, count) * lanes;
        const right = mirrorIndex(i + tap, count) * lanes;
        for (let lane = 0; lane < lanes; lane++) sums[lane]! += weight * (before[left + lane]! + before[right + lane]!);
      }
      data.set(sums, start + own);
    }
  }
}

/** `d c b a | a b c d | d c b a`. */
function mirrorIndex(index: number, count: number): number {
  const period = 2 * count;
  const rest = ((index % period) + period) % period;
  return rest < count ? rest : period - 1 - rest;
}
