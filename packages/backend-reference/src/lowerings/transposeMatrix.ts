const BLOCK = 16;

/** A row-major matrix [rows, columns], beginning at `offset`, as [columns, rows]. */
export function transposeMatrix(matrix: Float64Array, rows: number, columns: number, offset = 0): Float64Array {
  const transposed = new Float64Array(rows * columns);
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(rows, top + BLOCK);
    for (let left = 0; left < columns; left += BLOCK) {
      const right = Math.min(columns, left + BLOCK);
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          transposed[column * rows + row] = matrix[offset + row * columns + column]!;
    }
  }
  return transposed;
}
