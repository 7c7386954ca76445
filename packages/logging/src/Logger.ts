import type { Handler, ResumePoint } from './Handler.js';
import { type Level, levels, type LogRecord, type Period } from './LogRecord.js';

export interface LoggerOptions {
  readonly handlers?: readonly Handler[];
  /** Told the first failure of each handler; default: one line to the standard error stream. */
  readonly onHandlerError?: (error: unknown, handler: Handler) => void;
}

/** What `Logger.scalars` takes besides the values. */
export interface ScalarTags {
  readonly period: Period;
  readonly step: number;
  readonly epoch: number;
  /** Default `null`. */
  readonly fold?: number | null;
  /** Default `'info'`. */
  readonly level?: Level;
}

/**
 * Hands records to handlers. Create one and pass it on: there is no global logger.
 *
 * A handler that fails never stops a run. Its first error is reported, and it is asked again with the next record.
 */
export class Logger {
  readonly #handlers: Handler[];
  readonly #failed = new WeakSet<Handler>();
  readonly #onHandlerError: (error: unknown, handler: Handler) => void;

  constructor(options: LoggerOptions = {}) {
    this.#handlers = [...(options.handlers ?? [])];
    this.#onHandlerError = options.onHandlerError ?? reportToStandardError;
  }

  add(handler: Handler): this {
    this.#handlers.push(handler);
    return this;
  }

  /** Removes a handler without closing it. */
  remove(handler: Handler): this {
    const position = this.#handlers.indexOf(handler);
    if (position >= 0) this.#handlers.splice(position, 1);
    return this;
  }

  /** Numbers that belong together: one row of a metrics file. */
  scalars(values: Readonly<Record<string, number>>, tags: ScalarTags): void {
    const { period, step, epoch, fold = null, level = 'info' } = tags;
    this.log({ kind: 'scalars', level, period, step, epoch, fold, values: Object.freeze({ ...values }) });
  }

  text(text: string, level: Level = 'info'): void {
    this.log({ kind: 'text', level, text });
  }

  log(record: LogRecord): void {
    Object.freeze(record);
    this.#each((handler) => {
      if (levels.indexOf(record.level) < levels.indexOf(handler.level ?? 'debug')) return;
      if (handler.filter === undefined || handler.filter(record)) handler.emit(record);
    });
  }

  /** Call it once, before the first record of a resumed run: histories then equal those of a run that was never interrupted. */
  resume(point: ResumePoint): void {
    this.#each((handler) => handler.resume?.(point));
  }

  /** Call it before a checkpoint is saved, so that no checkpoint is ahead of its history. */
  flush(): void {
    this.#each((handler) => handler.flush?.());
  }

  close(): void {
    this.#each((handler) => handler.close?.());
  }

  #each(action: (handler: Handler) => void): void {
    for (const handler of this.#handlers) {
      try {
        action(handler);
      } catch (error) {
        if (this.#failed.has(handler)) continue;
        this.#failed.add(handler);
        this.#onHandlerError(error, handler);
      }
    }
  }
}

function reportToStandardError(error: unknown, handler: Handler): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${handler.constructor.name} failed, the run goes on: ${message} Further failures of it are not shown.\n`,
  );
}
