/**
 * Row-major 3 × 3 matrix of rotations about the axes depth, height, width, one after the other (batchgenerators' order and direction: about x,
 * y, z of an array `[x, y, z]`, applied to row vectors).
 */
export function rotationMatrix([aboutDepth, aboutHeight, aboutWidth]: readonly [number, number, number]): number[] {
  const [cosA, sinA] = [Math.cos(aboutDepth), Math.sin(aboutDepth)];
  const [cosB, sinB] = [Math.cos(aboutHeight), Math.sin(aboutHeight)];
  const [cosC, sinC] = [Math.cos(aboutWidth), Math.sin(aboutWidth)];
  const first = [1, 0, 0, 0, cosA, -sinA, 0, sinA, cosA];
  const second = [cosB, 0, sinB, 0, 1, 0, -sinB, 0, cosB];
  const third = [cosC, -sinC, 0, sinC, cosC, 0, 0, 0, 1];
  return transpose(multiply(multiply(first, second), third));
}

function multiply(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3];
    return a[3 * row]! * b[column]! + a[3 * row + 1]! * b[column + 3]! + a[3 * row + 2]! * b[column + 6]!;
  });
}

function transpose(m: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => m[3 * (i % 3) + Math.floor(i / 3)]!);
}
