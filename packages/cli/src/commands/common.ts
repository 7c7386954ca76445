import type { FitResult, KFoldResult } from '@delira/training';
import { shown } from '../shown.js';

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** Options of all commands that run a network. */
export const runOptions = {
  module: { type: 'string' },
  backend: { type: 'string' },
  quiet: { type: 'boolean', default: false },
} as const;

export const runOptionsHelp = `  --module FILE      your own module, which registers networks, datasets and the like
  --backend NAME     engine: onnx, tfjs, reference or a package; default as the config says
  --quiet            no progress bars`;

/** The code for a training that has ended, or was ended: a time limit sets its own, for a scheduler. */
export function exitCode({ signal }: Pick<FitResult, 'signal'>): number {
  if (signal === null) return Number(process.exitCode ?? EXIT.done);
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

/** What is said at a training's end: how far it came, and how to go on. */
export function conclusion({ finished, stopped }: Pick<KFoldResult, 'finished' | 'stopped'>, folder: string): string {
  const where = shown(folder);
  if (finished) return stopped === null ? `run: ${where}\n` : `stopped: ${stopped}\nrun: ${where}\n`;
  return `${stopped === null ? 'interrupted' : `stopped: ${stopped}`}, saved in ${where}\ngo on with: delira resume ${where}\n`;
}

/** The table of a cross-validation, once there is something in it. */
export function tableOf({ folds, table: text }: Pick<KFoldResult, 'folds' | 'table'>): string {
  return folds.length === 0 ? '' : `${text}\n`;
}

/** The values of a history's last epoch, or of a test, one on a line. */
export function table(values: Readonly<Record<string, number>>): string {
  const names = Object.keys(values);
  const width = Math.max(...names.map(({ length }) => length), 0);
  return names.map((name) => `${name.padEnd(width)}  ${format(values[name]!)}\n`).join('');
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(5);
}
