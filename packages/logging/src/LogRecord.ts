export const levels = ['debug', 'info', 'warning', 'error'] as const;

/** How serious a record is, from least to most. */
export type Level = (typeof levels)[number];

/** Whether a record belongs to one optimizer step or closes an epoch. */
export type Period = 'step' | 'epoch';

/** Where in a run a record belongs, counted as the trainer counts. */
export interface Position {
  /** Optimizer steps since the run began, over all epochs. */
  readonly step: number;
  readonly epoch: number;
  /** `null` outside of cross-validation. */
  readonly fold: number | null;
}

/** Numbers of one moment: one row of a metrics file. */
export interface ScalarRecord extends Position {
  readonly kind: 'scalars';
  readonly level: Level;
  readonly period: Period;
  /** By name, for example `{ loss: 0.31, val_accuracy: 0.92 }`. */
  readonly values: Readonly<Record<string, number>>;
}

export interface TextRecord {
  readonly kind: 'text';
  readonly level: Level;
  readonly text: string;
}

/** Plain, frozen data: every handler gets the same object. */
export type LogRecord = ScalarRecord | TextRecord;
