import { ArgumentError, sizeOf } from '@delira/core';
import { indexToWorld } from '../geometry/affine.js';
import type { Geometry, Matrix3, Vector3 } from '../geometry/Geometry.js';
import { gridOf, type Volume } from '../Volume.js';

/** Letters of the two ends of each world axis: towards its negative and its positive side. */
const ENDS = ['RL', 'AP', 'IS'] as const;

/**
 * Where the axes x, y, z of an array point to, as three letters: `'LPS'` where x goes to the left, y to the back, z to the top. That is nibabel's
 * `aff2axcodes`, and the code SimpleITK's `DICOMOrient` takes. Oblique axes count by what they are nearest to.
 */
export function orientationOf({ direction }: Geometry): string {
  const axes = nearestAxes(direction);
  return axes.map(({ world, sign }) => ENDS[world]![sign > 0 ? 1 : 0]).join('');
}

/**
 * The same volume with its axes turned and mirrored so that they point where a code says, as nearly as right angles allow. No value is
 * interpolated and every voxel stays in its place in the world; an array that lies right already is not copied.
 *
 * @param code such as `'LPS'` (the default) or `'RAS'`: see `orientationOf`.
 * @throws ArgumentError when the code does not name three different axes.
 */
export function orient(volume: Volume, code = 'LPS'): Volume {
  const wanted = parseCode(code);
  const present = nearestAxes(volume.direction);
  // For each new axis, the old axis along the same line, and whether it runs the other way.
  const moves = wanted.map(({ world, sign }) => {
    const axis = present.findIndex((each) => each.world === world);
    return { axis, flipped: present[axis]!.sign !== sign };
  });
  if (moves.every(({ axis, flipped }, place) => axis === place && !flipped)) return volume;

  const { size } = gridOf(volume);
  const corner = [0, 0, 0];
  for (const { axis, flipped } of moves) if (flipped) corner[axis] = size[axis]! - 1;
  const direction = [0, 1, 2].flatMap((row) =>
    moves.map(({ axis, flipped }) => volume.direction[3 * row + axis]! * (flipped ? -1 : 1) + 0),
  ) as unknown as Matrix3;
  return {
    array: rearrange(volume, size, moves),
    spacing: moves.map(({ axis }) => volume.spacing[axis]!) as unknown as Vector3,
    origin: indexToWorld(volume, corner as unknown as Vector3),
    direction,
    metadata: volume.metadata,
  };
}

interface Axis {
  /** 0, 1, 2: left, posterior, superior. */
  readonly world: number;
  readonly sign: 1 | -1;
}

/** The world axis that each array axis is nearest to, no two the same: the largest entries of the matrix choose first. */
function nearestAxes(direction: Matrix3): readonly Axis[] {
  const axes: (Axis | null)[] = [null, null, null];
  const entries = direction
    .map((value, place) => ({ size: Math.abs(value), value, world: Math.floor(place / 3), axis: place % 3 }))
    .sort((a, b) => b.size - a.size);
  for (const { value, world, axis } of entries) {
    if (axes[axis] === null && !axes.some((each) => each?.world === world))
      axes[axis] = { world, sign: value < 0 ? -1 : 1 };
  }
  return axes as Axis[];
}

function parseCode(code: string): readonly Axis[] {
  const axes = [...code.toUpperCase()].map((letter): Axis => {
    const world = ENDS.findIndex((ends) => ends.includes(letter));
    return { world, sign: ENDS[world]?.[1] === letter ? 1 : -1 };
  });
  if (axes.length !== 3 || new Set(axes.map(({ world }) => world)).size !== 3 || axes.some(({ world }) => world < 0))
    throw new ArgumentError(
      `"${code}" is not an orientation. Take one of R and L, of A and P, and of I and S, in any order: 'RAS'.`,
    );
  return axes;
}

function rearrange(
  { array }: Volume,
  size: Vector3,
  moves: readonly { readonly axis: number; readonly flipped: boolean }[],
): Volume['array'] {
  const { dtype, shape, data } = array;
  const leading = shape.slice(0, -3);
  const strides = [1, size[0], size[0] * size[1]];
  const steps = moves.map(({ axis, flipped }) => (flipped ? -strides[axis]! : strides[axis]!));
  const first = moves.reduce((sum, { axis, flipped }) => sum + (flipped ? (size[axis]! - 1) * strides[axis]! : 0), 0);
  const [width, height, depth] = moves.map(({ axis }) => size[axis]!) as [number, number, number];
  const [stepX, stepY, stepZ] = steps as [number, number, number];
  const target = data.slice();
  let to = 0;
  for (let block = 0; block < sizeOf(leading); block++) {
    const base = block * width * height * depth + first;
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        let from = base + z * stepZ + y * stepY;
        for (let x = 0; x < width; x++, from += stepX) target[to++] = data[from]!;
      }
    }
  }
  return { dtype, shape: [...leading, depth, height, width], data: target };
}
