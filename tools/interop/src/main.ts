import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Check, CheckContext, CheckRow } from './Check.js';
import { checks } from './checks/index.js';
import { recordFixtures } from './checks/recordedFixtures.js';
import { models } from './models/index.js';
import { ensurePythonEnvironment } from './pythonEnvironment.js';
import { formatTable } from './formatTable.js';
import { SkippedError } from './SkippedError.js';

const help = `Compares this project with PyTorch, onnx.checker and other devices, live.

  npm run interop [-- options]

  --only NAME[,NAME]  run only these checks
  --model NAME[,NAME] only these networks: ${models.map(({ name }) => name).join(', ')}
  --threads N         threads of every engine (default 2)
  --require           a check that cannot run here fails instead of being skipped
  --record            write the fixtures of npm test again, and run nothing else
  --help

Checks:
${checks.map(({ name, description, onRequest }) => `  ${name.padEnd(19)} ${description}${onRequest ? ' (only with --only)' : ''}`).join('\n')}

The Python peers are installed once into .venv-interop. Where the plain PyTorch wheel is a large GPU build,
name a CPU index in PIP_EXTRA_INDEX_URL before the first run.
`;

const runCheck = async (
  check: Check,
  options: Pick<CheckContext, 'threads' | 'models'>,
): Promise<readonly CheckRow[]> => {
  const folder = await mkdtemp(join(tmpdir(), `delira-interop-${check.name}-`));
  const report = (message: string): void => void process.stderr.write(`${check.name}: ${message}\n`);
  try {
    const python = async (): Promise<string> => (await ensurePythonEnvironment({ report })).python;
    return await check.run({ ...options, python, folder, report });
  } catch (error) {
    if (error instanceof SkippedError) {
      return [{ subject: check.description, measured: error.message, expected: '', state: 'skipped' }];
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ subject: check.description, measured: message, expected: 'no error', state: 'failed' }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      model: { type: 'string' },
      threads: { type: 'string', default: '2' },
      require: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.record) {
    const { python } = await ensurePythonEnvironment();
    for (const row of await recordFixtures(python, false)) console.log(`${row.path}: ${row.bytes} bytes, ${row.state}`);
    return 0;
  }
  const names = values.only?.split(',') ?? checks.filter((check) => check.onRequest !== true).map(({ name }) => name);
  const wanted = values.model?.split(',') ?? models.map(({ name }) => name);
  const unknown = [
    ...names.filter((name) => !checks.some((check) => check.name === name)),
    ...wanted.filter((name) => !models.some((model) => model.name === name)),
  ];
  const chosen = models.filter(({ name }) => wanted.includes(name));
  const threads = Number(values.threads);
  if (unknown.length > 0 || !Number.isInteger(threads) || threads < 1) {
    process.stderr.write(
      `${unknown.length > 0 ? `There is no check or model named ${unknown.join(', ')}` : `--threads ${values.threads} is not a positive integer`}.\n\n${help}`,
    );
    return 2;
  }

  const rows: CheckRow[] = [];
  for (const check of checks.filter(({ name }) => names.includes(name))) {
    const started = performance.now();
    const found = await runCheck(check, { threads, models: chosen });
    rows.push(...found);
    console.log(`\n${check.name}: ${check.description} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    console.log(
      formatTable(
        ['', 'subject', 'measured', 'expected'],
        found.map((row) => [row.state, row.subject, row.measured, row.expected]),
      ),
    );
  }
  const count = (state: CheckRow['state']): number => rows.filter((row) => row.state === state).length;
  console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  return count('failed') > 0 || (values.require && count('skipped') > 0) ? 1 : 0;
};

process.exitCode = await main();
