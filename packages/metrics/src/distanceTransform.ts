import { type Shape, stridesOf } from '@delira/core';

/**
 * Squared distance of each voxel to the nearest one of a mask, exact (Felzenszwalb and Huttenlocher, 2012); infinite where the mask is
 * empty. Equals scipy's `distance_transform_edt` of the mask's complement, squared.
 *
 * @param spacing extent of a voxel along each axis of `shape`.
 */
export function squaredDistances(mask: Uint8Array, shape: Shape, spacing: readonly number[]): Float64Array {
  const distances = Float64Array.from(mask, (inside) => (inside === 0 ? Infinity : 0));
  const strides = stridesOf(shape);
  shape.forEach((extent, axis) => {
    const stride = strides[axis]!;
    const line = new Float64Array(extent);
    for (let start = 0; start < distances.length; start++) {
      if (Math.floor(start / stride) % extent !== 0) continue;
      for (let i = 0; i < extent; i++) line[i] = distances[start + i * stride]!;
      lowerEnvelope(line, spacing[axis]!, (i, value) => (distances[start + i * stride] = value));
    }
  });
  return distances;
}

/** The least of all parabolas f(q) + (p − q)² at each p of a line. */
function lowerEnvelope(line: Float64Array, spacing: number, set: (index: number, value: number) => void): void {
  const apexes: number[] = [];
  const borders: number[] = [];
  const height = (q: number): number => line[q]! + (q * spacing) ** 2;
  for (let q = 0; q < line.length; q++) {
    if (line[q] === Infinity) continue;
    let border = -Infinity;
    while (apexes.length > 0) {
      const last = apexes.at(-1)!;
      border = (height(q) - height(last)) / (2 * spacing * (q - last));
      if (border > borders.at(-1)!) break;
      apexes.pop();
      borders.pop();
      border = -Infinity;
    }
    apexes.push(q);
    borders.push(border);
  }
  if (apexes.length === 0) return;
  let current = 0;
  for (let p = 0; p < line.length; p++) {
    while (current + 1 < apexes.length && borders[current + 1]! < p * spacing) current++;
    const q = apexes[current]!;
    set(p, line[q]! + ((p - q) * spacing) ** 2);
  }
}
