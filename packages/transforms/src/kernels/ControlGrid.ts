/** Displacements at the points of a coarse grid over an image, in voxels. */
export interface ControlGrid {
  /** Points along each spatial axis, at least 4. */
  readonly points: readonly number[];
  /** For each spatial axis how far that coordinate moves at each point, row-major. */
  readonly displacements: readonly (readonly number[])[];
}

/** Reads the smooth field between the points, row by row: one component per axis into `field[axis]`. */
export type FieldRows = (slice: number, row: number, field: readonly Float64Array[]) => void;

interface Taps {
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/**
 * The uniform cubic B-spline of the points (as TorchIO's `RandomElasticDeformation`): smooth, and nowhere larger than at its points. The outermost
 * ring of points lies outside of the image.
 *
 * @param size depth, height, width of the image; depth 1 in 2D.
 */
export function fieldRows({ points, displacements }: ControlGrid, size: readonly number[]): FieldRows {
  const [across, down] = [points.at(-1)!, points.at(-2)!];
  const deep = points.length === 3 ? points[0]! : 1;
  const [slices, rows, columns] = [placeTaps(size[0]!, deep), placeTaps(size[1]!, down), placeTaps(size[2]!, across)];
  const components = displacements.map((values) => Float64Array.from(values));
  const planes = components.map(() => new Float64Array(down * across));
  const lines = components.map(() => new Float64Array(across));
  let currentSlice = -1;
  return (slice, row, field) => {
    if (slice !== currentSlice) {
      components.forEach((values, axis) => mix(values, slices, slice, planes[axis]!));
      currentSlice = slice;
    }
    planes.forEach((plane, axis) => {
      const line = lines[axis]!;
      mix(plane, rows, row, line);
      const target = field[axis]!;
      const { index, weight } = columns;
      for (let i = 0, tap = 0; i < target.length; i++, tap += 4) {
        target[i] =
          weight[tap]! * line[index[tap]!]! +
          weight[tap + 1]! * line[index[tap + 1]!]! +
          weight[tap + 2]! * line[index[tap + 2]!]! +
          weight[tap + 3]! * line[index[tap + 3]!]!;
      }
    });
  };
}

/** Four points and their weights for each voxel of an axis. */
function placeTaps(count: number, points: number): Taps {
  const index = new Int32Array(4 * count);
  const weight = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    if (points === 1) {
      weight[4 * i] = 1;
      continue;
    }
    const position = 1 + (count === 1 ? 0.5 : i / (count - 1)) * (points - 3);
    const floor = Math.min(points - 3, Math.floor(position));
    const t = position - floor;
    weight[4 * i] = (1 - t) ** 3 / 6;
    weight[4 * i + 1] = (3 * t ** 3 - 6 * t ** 2 + 4) / 6;
    weight[4 * i + 2] = (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6;
    weight[4 * i + 3] = t ** 3 / 6;
    for (let tap = 0; tap < 4; tap++) index[4 * i + tap] = floor - 1 + tap;
  }
  return { index, weight };
}

/** The weighted sum of four blocks as long as the target. */
function mix(values: Float64Array, { index, weight }: Taps, position: number, target: Float64Array): void {
  const length = target.length;
  const tap = 4 * position;
  const [a, b, c, d] = [
    index[tap]! * length,
    index[tap + 1]! * length,
    index[tap + 2]! * length,
    index[tap + 3]! * length,
  ];
  const [p, q, r, s] = [weight[tap]!, weight[tap + 1]!, weight[tap + 2]!, weight[tap + 3]!];
  for (let i = 0; i < length; i++)
    target[i] = p * values[a + i]! + q * values[b + i]! + r * values[c + i]! + s * values[d + i]!;
}
