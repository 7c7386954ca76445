// Part of a dot product whose eight rows stay in the first-level cache.
const DEPTH = 512;

/**
 * y[i, j] += Σ_k a[i, k] · b[j, k] for a [rows, depth] and b [columns, depth]: both operands are read along their rows, four rows of
 * each at a time. `offsets` are where each matrix begins in its array.
 */
export function multiplyRows(
  a: Float64Array,
  b: Float64Array,
  y: Float64Array,
  { rows, columns, depth }: { readonly rows: number; readonly columns: number; readonly depth: number },
  offsets: { readonly a?: number; readonly b?: number; readonly y?: number } = {},
): void {
  const [aStart, bStart, yStart] = [offsets.a ?? 0, offsets.b ?? 0, offsets.y ?? 0];
  const wholeRows = rows - (rows % 4);
  const wholeColumns = columns - (columns % 4);
  for (let from = 0; from < depth; from += DEPTH) {
    const to = Math.min(depth, from + DEPTH);
    for (let j = 0; j < wholeColumns; j += 4) {
      for (let i = 0; i < wholeRows; i += 4) {
        multiplyTile(
          a,
          b,
          y,
          aStart + i * depth,
          bStart + j * depth,
          yStart + i * columns + j,
          columns,
          depth,
          from,
          to,
        );
      }
    }
    for (let i = 0; i < rows; i++) {
      for (let j = i < wholeRows ? wholeColumns : 0; j < columns; j++) {
        const [aRow, bRow] = [aStart + i * depth, bStart + j * depth];
        let sum = 0;
        for (let k = from; k < to; k++) sum += a[aRow + k]! * b[bRow + k]!;
        y[yStart + i * columns + j]! += sum;
      }
    }
  }
}

function multiplyTile(
  a: Float64Array,
  b: Float64Array,
  y: Float64Array,
  a0: number,
  b0: number,
  y0: number,
  columns: number,
  depth: number,
  from: number,
  to: number,
): void {
  const [a1, a2, a3] = [a0 + depth, a0 + 2 * depth, a0 + 3 * depth];
  const [b1, b2, b3] = [b0 + depth, b0 + 2 * depth, b0 + 3 * depth];
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let k = from; k < to; k++) {
    const p = b[b0 + k]!;
    const q = b[b1 + k]!;
    const r = b[b2 + k]!;
    const s = b[b3 + k]!;
    let left = a[a0 + k]!;
    s00 += left * p;
    s01 += left * q;
    s02 += left * r;
    s03 += left * s;
    left = a[a1 + k]!;
    s10 += left * p;
    s11 += left * q;
    s12 += left * r;
    s13 += left * s;
    left = a[a2 + k]!;
    s20 += left * p;
    s21 += left * q;
    s22 += left * r;
    s23 += left * s;
    left = a[a3 + k]!;
    s30 += left * p;
    s31 += left * q;
    s32 += left * r;
    s33 += left * s;
  }
  y[y0]! += s00;
  y[y0 + 1]! += s01;
  y[y0 + 2]! += s02;
  y[y0 + 3]! += s03;
  const y1 = y0 + columns;
  y[y1]! += s10;
  y[y1 + 1]! += s11;
  y[y1 + 2]! += s12;
  y[y1 + 3]! += s13;
  const y2 = y1 + columns;
  y[y2]! += s20;
  y[y2 + 1]! += s21;
  y[y2 + 2]! += s22;
  y[y2 + 3]! += s23;
  const y3 = y2 + columns;
  y[y3]! += s30;
  y[y3 + 1]! += s31;
  y[y3 + 2]! += s32;
  y[y3 + 3]! += s33;
}
