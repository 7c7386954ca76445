import type { Handler, ResumePoint } from './Handler.js';
import { LineFile } from './LineFile.js';
import type { LogRecord, Period, Position } from './LogRecord.js';

export interface JsonlOptions {
  /** The file; its folder is created. A file of an earlier run is replaced, unless the run is resumed. */
  readonly path: string;
  /** Only records of steps, or only of epochs; default: both. */
  readonly period?: Period;
}

/** One scalar record as it stands in the file. Numbers that JSON lacks are written as `"NaN"`, `"Infinity"` and `"-Infinity"`. */
export interface JsonlRow extends Position {
  readonly period: Period;
  readonly values: Readonly<Record<string, number | string>>;
}

/**
 * One JSON object per scalar record and line. Holds no times, so a resumed run and one that was never interrupted give the same file.
 */
export class JsonlHandler implements Handler {
  readonly filter: (record: LogRecord) => boolean;
  readonly #file: LineFile;

  constructor({ path, period }: JsonlOptions) {
    this.#file = new LineFile(path);
    this.filter = (record) => record.kind === 'scalars' && (period === undefined || record.period === period);
  }

  emit(record: LogRecord): void {
    if (record.kind !== 'scalars') return;
    const { period, step, epoch, fold } = record;
    const values = Object.fromEntries(
      Object.entries(record.values).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]),
    );
    const row: JsonlRow = { period, step, epoch, fold, values };
    this.#file.append(JSON.stringify(row));
  }

  resume(point: ResumePoint): void {
    this.#file.replace(
      this.#file.read().filter((line) => {
        const row = parse(line);
        if (row === null || row.fold !== point.fold) return row !== null;
        return row.step <= point.step && (row.period === 'step' || row.epoch < (point.epochs ?? Infinity));
      }),
    );
  }

  flush(): void {
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}

function parse(line: string): JsonlRow | null {
  try {
    return JSON.parse(line) as JsonlRow;
  } catch {
    return null;
  }
}
