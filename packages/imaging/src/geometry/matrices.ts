import { ArgumentError } from '@delira/core';
import type { Matrix3, Vector3 } from './Geometry.js';

export function determinant([a, b, c, d, e, f, g, h, i]: Matrix3): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** @throws ArgumentError when the matrix has no inverse. */
export function invert(matrix: Matrix3, what: string): Matrix3 {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  const det = determinant(matrix);
  if (!Number.isFinite(det) || Math.abs(det) < 1e-30)
    throw new ArgumentError(`The ${what} [${matrix.join(', ')}] cannot be inverted: its axes do not span the space.`);
  return [
    (e * i - f * h) / det,
    (c * h - b * i) / det,
    (b * f - c * e) / det,
    (f * g - d * i) / det,
    (a * i - c * g) / det,
    (c * d - a * f) / det,
    (d * h - e * g) / det,
    (b * g - a * h) / det,
    (a * e - b * d) / det,
  ];
}

export function multiply(left: Matrix3, right: Matrix3): Matrix3 {
  const entry = (row: number, column: number): number =>
    left[3 * row]! * right[column]! + left[3 * row + 1]! * right[3 + column]! + left[3 * row + 2]! * right[6 + column]!;
  return [
    entry(0, 0),
    entry(0, 1),
    entry(0, 2),
    entry(1, 0),
    entry(1, 1),
    entry(1, 2),
    entry(2, 0),
    entry(2, 1),
    entry(2, 2),
  ];
}

export function apply(matrix: Matrix3, [x, y, z]: Vector3): Vector3 {
  return [
    matrix[0] * x + matrix[1] * y + matrix[2] * z,
    matrix[3] * x + matrix[4] * y + matrix[5] * z,
    matrix[6] * x + matrix[7] * y + matrix[8] * z,
  ];
}

export function add([a, b, c]: Vector3, [x, y, z]: Vector3): Vector3 {
  return [a + x, b + y, c + z];
}

export function subtract([a, b, c]: Vector3, [x, y, z]: Vector3): Vector3 {
  return [a - x, b - y, c - z];
}

/** Each column times one factor. */
export function scaleColumns(matrix: Matrix3, [x, y, z]: Vector3): Matrix3 {
  const [a, b, c, d, e, f, g, h, i] = matrix;
  return [a * x, b * y, c * z, d * x, e * y, f * z, g * x, h * y, i * z];
}
