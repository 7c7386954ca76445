import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, CheckContext, CheckRow } from '../Check.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';

const SEEDS = [0, 1, 2];
/** How far the mean Dice of the seeds may be from the twins'. */
const LIMIT = 0.02;

interface Example {
  readonly script: string;
  readonly twin: string;
  /** Whether images are predicted by overlapping windows instead of whole. */
  readonly overlapping: boolean;
}

const examples: readonly Example[] = [
  { script: 'segmentation-2d', twin: 'unet2d', overlapping: false },
  { script: 'segmentation-3d', twin: 'unet3d', overlapping: true },
];

/** What one seed gave: mean Dice of the foreground classes. */
interface Learned {
  /** Of both trained networks on the same images of the held-out region, by the twin's program. */
  readonly weights: number;
  readonly twin: number;
  /** What the example itself reports of the whole held-out region. */
  readonly reported: number;
}

const run = async (what: string, command: string, parameters: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runProcess(command, parameters, {
    folder: repositoryRoot,
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (code !== 0) throw new Error(`${what} stopped with code ${code}:\n${lastLines(stderr || stdout, 8)}`);
  return lastLines(stdout, 1);
};

const learn = async ({ script, twin, overlapping }: Example, seed: number, context: CheckContext): Promise<Learned> => {
  const { folder, threads, report } = context;
  const [data, output] = [join(folder, `${script}-data-${seed}`), join(folder, `${script}-${seed}`)];
  const example = (...parameters: readonly string[]): Promise<string> =>
    run(script, 'npm', [
      ...['run', '--silent', script, '--'],
      ...['--seed', String(seed), '--threads', String(threads), '--output', output, ...parameters],
    ]);
  report(`${script}, seed ${seed}: the example`);
  await example('--export-data', data);
  await example();
  const { meanDice } = JSON.parse(await readFile(join(output, 'scores.json'), 'utf8')) as { readonly meanDice: number };
  report(`${script}, seed ${seed}: the twin`);
  const line = await run('PyTorch', await context.python(), [
    join(repositoryRoot, 'tools/interop/python/learnSegmentation.py'),
    ...['--twin', twin, '--data', data, '--weights', join(output, 'last.safetensors'), '--threads', String(threads)],
    ...(overlapping ? ['--overlapping'] : []),
  ]);
  const { weights, twin: theirs } = JSON.parse(line) as { readonly weights: number; readonly twin: number };
  const learned = { weights, twin: theirs, reported: meanDice };
  report(`${script}, seed ${seed}: ${JSON.stringify(learned)}`);
  return learned;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const digits = (values: readonly number[]): string => values.map((value) => value.toFixed(3)).join(', ');

/** Same data, same patches in the same order, same first weights and learning rates: who learns more? */
export const learning: Check = {
  name: 'learning',
  description: `the segmentation examples and their PyTorch twins with the same budget, ${SEEDS.length} seeds each`,
  onRequest: true,
  async run(context) {
    const rows: CheckRow[] = [];
    for (const example of examples) {
      const results: Learned[] = [];
      for (const seed of SEEDS) results.push(await learn(example, seed, context));
      const ours = results.map(({ weights }) => weights);
      const theirs = results.map(({ twin }) => twin);
      const difference = mean(ours) - mean(theirs);
      rows.push({
        subject: `${example.script}: mean foreground Dice on the held-out region, ours (${digits(ours)}) against PyTorch (${digits(theirs)}); the example reports (${digits(results.map(({ reported }) => reported))})`,
        measured: `${mean(ours).toFixed(3)} − ${mean(theirs).toFixed(3)} = ${difference.toFixed(3)}`,
        expected: `within ${LIMIT}`,
        state: Math.abs(difference) <= LIMIT ? 'passed' : 'failed',
      });
    }
    return rows;
  },
};
