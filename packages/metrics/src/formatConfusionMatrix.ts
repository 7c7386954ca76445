import type { ConfusionMatrix } from './ConfusionMatrix.js';

/**
 * A text table: one row per true class with its recall at the end, one column per predicted class with its precision at the foot, the
 * accuracy in the corner. Percentages have one decimal; a dash stands where there is nothing to divide by.
 */
export function formatConfusionMatrix(matrix: ConfusionMatrix): string {
  const corner = 'true \\ predicted';
  const rows = [
    [corner, ...matrix.classes, 'recall'],
    ...matrix.counts.map((counts, index) => [
      matrix.classes[index]!,
      ...counts.map(String),
      percent(matrix.recall[index]!),
    ]),
    ['precision', ...matrix.precision.map(percent), percent(matrix.accuracy)],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n');
}

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)}%`;
}
