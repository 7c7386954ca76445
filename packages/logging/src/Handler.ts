import type { Level, LogRecord, Position } from './LogRecord.js';

/** Where a run continues: records of the same fold with a later step are from work that is being done again. */
export type ResumePoint = Pick<Position, 'step' | 'fold'>;

/**
 * A destination of records. The logger asks `level` and `filter` before `emit`, and keeps what a handler throws away from the training:
 * it is reported once and the run goes on.
 */
export interface Handler {
  /** Records below it are left out; default: none are. */
  readonly level?: Level;
  /** Records for which it is false are left out; default: none are. */
  readonly filter?: (record: LogRecord) => boolean;
  emit(record: LogRecord): void;
  /** Forgets what was recorded after the point, and appends from there. Called before the first `emit` of a resumed run. */
  resume?(point: ResumePoint): void;
  /** Makes everything emitted so far durable. */
  flush?(): void;
  /** Flushes, and gives up files. The handler is not used any more. */
  close?(): void;
}
