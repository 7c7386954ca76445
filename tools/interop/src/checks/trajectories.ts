import { join } from 'node:path';
import { type Check, type CheckRow, holds } from '../Check.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';

type Figures = Readonly<Record<string, number | string>>;
/** By network; or why there is nothing, as `skipped` or `failed`. */
type Result = Readonly<Record<string, Figures | string>>;

/** Of a network on an engine: `null` figures of JSON are infinite. */
const networkRow = (engine: string, label: string, figures: Figures): CheckRow => {
  if ('error' in figures) return holds(`${engine}, ${label}`, false, 'no error', String(figures['error']));
  const { rounds = 1, seconds, ...compared } = figures;
  const largest = Object.values(compared).reduce<number>((most, value) => Math.max(most, Number(value ?? Infinity)), 0);
  const measured = `${largest.toPrecision(2)} of what is allowed, best of ${rounds}, ${seconds} s`;
  return holds(`${engine}, ${label}`, largest <= 1, 'at most 1', measured);
};

const rowsOf = (engine: string, result: Result): readonly CheckRow[] =>
  Object.entries(result).map(([label, figures]) => {
    if (typeof figures !== 'string') return networkRow(engine, label, figures);
    if (label === 'skipped') return { subject: engine, measured: figures, expected: '', state: 'skipped' };
    return holds(engine, false, 'no error', figures);
  });

/** Every network on every engine, TensorFlow.js included, in `tools/conformance`. */
export const trajectories: Check = {
  name: 'trajectories',
  description: 'first steps of every network on every engine, and checkpoints that move between them',
  async run({ models, threads }) {
    const script = join(repositoryRoot, 'tools/conformance/dist/main.js');
    const parameters = ['--model', models.map(({ name }) => name).join(), '--threads', String(threads)];
    const finished = await runProcess(process.execPath, [script, ...parameters]);
    if (finished.code > 1) throw new Error(`The program stopped:\n${lastLines(finished.stderr, 8)}`);
    const results = JSON.parse(lastLines(finished.stdout, 1)) as Readonly<Record<string, Result>>;
    return Object.entries(results).flatMap(([engine, result]) => rowsOf(engine, result));
  },
};
