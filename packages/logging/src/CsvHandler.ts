import { ArgumentError, InputError } from '@delira/core';
import type { Handler, ResumePoint } from './Handler.js';
import { LineFile } from './LineFile.js';
import type { LogRecord, Period } from './LogRecord.js';

export interface CsvOptions {
  /** The file; its folder is created. A file of an earlier run is replaced, unless the run is resumed. */
  readonly path: string;
  /** One row per step, or one per epoch; default `'epoch'`. */
  readonly period?: Period;
}

const POSITION_COLUMNS = ['step', 'epoch', 'fold'] as const;

/**
 * A table of scalars: the columns step, epoch and fold, then one per name in the order of first appearance. A name that first appears
 * later becomes a new last column, empty in the rows before it; a name that is missing leaves its cell empty. Numbers are written
 * shortest-exact, so reading them back gives the same numbers.
 */
export class CsvHandler implements Handler {
  readonly filter: (record: LogRecord) => boolean;
  readonly #file: LineFile;
  readonly #period: Period;
  #names: string[] = [];

  constructor({ path, period = 'epoch' }: CsvOptions) {
    this.#file = new LineFile(path);
    this.#period = period;
    this.filter = (record) => record.kind === 'scalars' && record.period === period;
  }

  /** @throws ArgumentError for a scalar called like a position column. */
  emit(record: LogRecord): void {
    if (record.kind !== 'scalars') return;
    const unknown = Object.keys(record.values).filter((name) => !this.#names.includes(name));
    if (unknown.length > 0 || !this.#file.isOpen) this.#addColumns(unknown);
    const cells = this.#names.map((name) => (Object.hasOwn(record.values, name) ? String(record.values[name]) : ''));
    this.#file.append([record.step, record.epoch, record.fold ?? '', ...cells].join(','));
  }

  #addColumns(names: readonly string[]): void {
    const reserved = names.find((name) => (POSITION_COLUMNS as readonly string[]).includes(name));
    if (reserved !== undefined)
      throw new ArgumentError(
        `A scalar cannot be called "${reserved}": the file has a column of that name. Rename the scalar.`,
      );
    const rows = this.#file.isOpen ? this.#file.read().slice(1) : [];
    const all = [...this.#names, ...names];
    this.#file.replace([
      [...POSITION_COLUMNS, ...all].map(quote).join(','),
      ...rows.map((row) => row + ','.repeat(names.length)),
    ]);
    this.#names = all;
  }

  /** @throws InputError when the file is not one that this handler wrote. */
  resume(point: ResumePoint): void {
    const [header, ...rows] = this.#file.read();
    if (header === undefined) return;
    const [step, epoch, fold, ...names] = unquote(header);
    if (step !== 'step' || epoch !== 'epoch' || fold !== 'fold') {
      throw new InputError(
        `${this.#file.path} cannot be continued: its first columns are not step, epoch and fold. Choose another path, or move the file away.`,
      );
    }
    this.#names = names;
    const kept = rows.filter((row) => {
      const cells = row.split(',');
      if ((cells[2] === '' ? null : Number(cells[2])) !== point.fold) return true;
      const isClosed = this.#period === 'step' || Number(cells[1]) < (point.epochs ?? Infinity);
      return Number(cells[0]) <= point.step && isClosed;
    });
    this.#file.replace([header, ...kept]);
  }

  flush(): void {
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}

function quote(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""').replaceAll(/[\r\n]+/g, ' ')}"` : name;
}

function unquote(header: string): string[] {
  return [...header.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  );
}
