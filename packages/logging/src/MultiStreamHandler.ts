import { formatRecord, type Formatter } from './formatRecord.js';
import type { Handler } from './Handler.js';
import type { Level, LogRecord } from './LogRecord.js';
import type { TextStream } from './TextStream.js';

export interface StreamOptions {
  /** Default `'debug'`: everything. */
  readonly level?: Level;
  /** Default: everything. */
  readonly filter?: (record: LogRecord) => boolean;
  /** Default: `formatRecord`. */
  readonly format?: Formatter;
}

/** Writes each record as a line of text to several streams. Leaves the streams open: whoever opened them closes them. */
export class MultiStreamHandler implements Handler {
  readonly level: Level;
  readonly filter: (record: LogRecord) => boolean;
  readonly #streams: readonly TextStream[];
  readonly #format: Formatter;

  constructor(streams: readonly TextStream[], options: StreamOptions = {}) {
    this.#streams = [...streams];
    this.level = options.level ?? 'debug';
    this.filter = options.filter ?? (() => true);
    this.#format = options.format ?? formatRecord;
  }

  emit(record: LogRecord): void {
    const line = `${this.#format(record)}\n`;
    for (const stream of this.#streams) stream.write(line);
  }
}
