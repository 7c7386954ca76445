import type { Level, LogRecord, Position } from './LogRecord.js';

/** Where a run continues: records of the same fold with a later step are from work that is being done again. */
export interface ResumePoint extends Pick<Position, 'step' | 'fold'> {
  /**
   * Epochs that were closed at that point, so that records which close a later one are forgotten: a run can continue after an epoch's
   * last step and before its validation. Default: every epoch whose last step was done.
   */
  readonly epochs?: number;
}

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
