import type { Matrix3 } from '@delira/imaging';

export interface Quaternion {
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** -1 where the third axis has to be turned round first: a quaternion cannot mirror. */
  readonly qfac: 1 | -1;
}

/** The quaternion of a direction (RAS), as `nifti_mat44_to_quatern` finds it; `null` where its columns are not orthonormal. */
export function niftiQuaternion(direction: Matrix3): Quaternion | null {
  const column = (index: number): readonly number[] => [
    direction[index]!,
    direction[index + 3]!,
    direction[index + 6]!,
  ];
  const product = (i: number, j: number): number => column(i).reduce((sum, value, k) => sum + value * column(j)[k]!, 0);
  for (let i = 0; i < 3; i++)
    for (let j = i; j < 3; j++) if (Math.abs(product(i, j) - (i === j ? 1 : 0)) > 1e-4) return null;

  const [p, q, , s, t, , v, w] = direction;
  let [, , r, , , u, , , x] = direction;
  const determinant = p * (t * x - u * w) - q * (s * x - u * v) + r * (s * w - t * v);
  const qfac = determinant < 0 ? -1 : 1;
  [r, u, x] = [r * qfac, u * qfac, x * qfac];

  // Each of the four components, from the largest of which the others follow without loss.
  const squares = [1 + p + t + x, 1 + p - t - x, 1 - p + t - x, 1 - p - t + x];
  const largest = squares.indexOf(Math.max(...squares));
  const root = Math.sqrt(squares[largest]!) / 2;
  const quaternions = [
    [root, (w - u) / (4 * root), (r - v) / (4 * root), (s - q) / (4 * root)],
    [(w - u) / (4 * root), root, (q + s) / (4 * root), (r + v) / (4 * root)],
    [(r - v) / (4 * root), (q + s) / (4 * root), root, (u + w) / (4 * root)],
    [(s - q) / (4 * root), (r + v) / (4 * root), (u + w) / (4 * root), root],
  ] as const;
  const [a, b, c, d] = quaternions[largest]!;
  // The first component is not stored: it is taken to be positive.
  const sign = a < 0 ? -1 : 1;
  return { b: b * sign, c: c * sign, d: d * sign, qfac };
}
