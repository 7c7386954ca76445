import type { ComparedModel } from './models/Comparison.js';

/** One line of the table that `npm run interop` prints. */
export interface CheckRow {
  /** What was compared, e.g. `adam, losses of 20 steps`. */
  readonly subject: string;
  /** The number that was measured, in words. */
  readonly measured: string;
  /** What it had to be, in words. */
  readonly expected: string;
  readonly state: 'passed' | 'failed' | 'skipped';
}

/** What every check is handed. */
export interface CheckContext {
  /** The interpreter that has PyTorch. @throws PythonUnavailableError */
  readonly python: () => Promise<string>;
  /** An empty folder of this check, removed when the program ends. */
  readonly folder: string;
  readonly threads: number;
  /** The networks asked for; all of the table unless the command line says otherwise. */
  readonly models: readonly ComparedModel[];
  /** Says what is going on, on standard error. */
  readonly report: (message: string) => void;
}

/** A comparison with something outside of this project. */
export interface Check {
  /** Chosen on the command line with `--only`. */
  readonly name: string;
  readonly description: string;
  /** Runs only when `--only` names it: it takes long. */
  readonly onRequest?: true;
  /** Throws SkippedError when what it needs cannot be had here; any other error is a failure. */
  run(context: CheckContext): Promise<readonly CheckRow[]>;
}

/** A row that passes when `measured` is at most `limit`; NaN fails. */
export function atMost(subject: string, measured: number, limit: number): CheckRow {
  return {
    subject,
    measured: measured.toExponential(2),
    expected: `≤ ${limit.toExponential(0)}`,
    state: measured <= limit ? 'passed' : 'failed',
  };
}

/** A row for something that either holds or does not. */
export function holds(
  subject: string,
  condition: boolean,
  expected: string,
  measured = condition ? 'yes' : 'no',
): CheckRow {
  return { subject, measured, expected, state: condition ? 'passed' : 'failed' };
}
