/** Columns of equal width, two spaces apart. A cell of several lines keeps its first in the table; the rest follows, indented. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const firstLine = (cell: string): string => cell.split('\n', 1)[0] ?? '';
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => firstLine(row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => firstLine(cell).padEnd(column === row.length - 1 ? 0 : (widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return all
    .flatMap((row) => [line(row), ...row.flatMap((cell) => cell.split('\n').slice(1)).map((rest) => `    ${rest}`)])
    .join('\n');
}
