/** Of one value over the folds. */
export interface Summary {
  readonly mean: number;
  /** Of the sample: the squares are divided by the number of folds less one. NaN for a single fold. */
  readonly standardDeviation: number;
}

type Values = Readonly<Record<string, number>>;

/** Mean and standard deviation of each value that all have. */
export function summarize(folds: readonly Values[]): Record<string, Summary> {
  const names = Object.keys(folds[0] ?? {}).filter((name) => folds.every((values) => Object.hasOwn(values, name)));
  return Object.fromEntries(
    names.map((name) => {
      const values = folds.map((each) => each[name]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [name, { mean, standardDeviation: Math.sqrt(squares / (values.length - 1)) }];
    }),
  );
}

/** One line for each fold, then mean and standard deviation. */
export function formatFolds(
  folds: readonly { readonly fold: number; readonly test: Values }[],
  summary: Readonly<Record<string, Summary>>,
): string {
  const names = Object.keys(summary);
  const row = (title: string, value: (name: string) => number): readonly string[] => [
    title,
    ...names.map((name) => value(name).toFixed(4)),
  ];
  const rows = [
    ['fold', ...names],
    ...folds.map(({ fold, test }) => row(String(fold), (name) => test[name]!)),
    row('mean', (name) => summary[name]!.mean),
    row('standard deviation', (name) => summary[name]!.standardDeviation),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows
    .map((cells) =>
      cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n');
}
