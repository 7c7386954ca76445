import type { LogRecord } from './LogRecord.js';

/** Turns a record into text without a line break at its end. */
export type Formatter = (record: LogRecord) => string;

/** `epoch 3 · step 5625 · loss 0.05121 · val_accuracy 0.9841`; texts as they are, with their level in front of warnings and errors. */
export const formatRecord: Formatter = (record) => {
  if (record.kind === 'text')
    return record.level === 'warning' || record.level === 'error' ? `${record.level}: ${record.text}` : record.text;
  const fold = record.fold === null ? [] : [`fold ${record.fold}`];
  const values = Object.entries(record.values).map(([name, value]) => `${name} ${formatNumber(value)}`);
  return [...fold, `epoch ${record.epoch}`, `step ${record.step}`, ...values].join(' · ');
};

/** Four significant digits, without trailing zeros. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
