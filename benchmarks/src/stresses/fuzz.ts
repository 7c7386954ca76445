import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgressBar } from '@delira/logging';
import { formatNamed, formats } from '../fuzz/formats/index.js';
import { inputOf } from '../fuzz/readDamaged.js';
import { type Failure, superviseFuzzer } from '../fuzz/superviseFuzzer.js';
import { type Measurement, type OptionValues, positiveInteger } from '../Measurement.js';
import { rounded } from '../statistics.js';

const MEBI = 2 ** 20;

/** Damaged inputs of every format: each gives a value or an error of ours, soon, and in little memory. */
export const fuzz: Measurement = {
  name: 'fuzz',
  description: 'reads damaged inputs of every format',
  options: {
    format: { type: 'string' },
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '20' },
    memory: { type: 'string', default: '1024' },
  },
  help: [
    `--format A,B  default all: ${formats.map(({ name }) => name).join(', ')}`,
    '--count N     inputs per format (default 10000)',
    '--seed N      other inputs (default 1)',
    '--first N     the number of the first of them; with --count 1 to see one again (default 0)',
    '--seconds N   the limit for one input (default 20)',
    '--memory N    the limit for the process that reads, in MiB (default 1024)',
  ],
  async run(values) {
    const chosen = values['format'] === undefined ? formats : String(values['format']).split(',').map(formatNamed);
    const [count, seed] = [positiveInteger(values, 'count'), positiveInteger(values, 'seed')];
    const first = firstOf(values);
    const limits = {
      milliseconds: 1000 * positiveInteger(values, 'seconds'),
      bytes: MEBI * positiveInteger(values, 'memory'),
    };
    const bar = new ProgressBar({ unit: 'inputs' });
    const rows = [];
    const folder = mkdtempSync(join(tmpdir(), 'delira größe 1 '));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    for (const format of chosen) {
      bar.start({ label: format.name, total: count });
      const begin = performance.now();
      const task = { format: format.name, seed, first, count, folder, limits };
      const tally = await superviseFuzzer(task, (done) => bar.update(done));
      bar.finish();
      if (tally.failures.length > 0) report(format.name, seed, await format.intact(folder), tally.failures);
      const row = {
        format: format.name,
        values: tally.values,
        errors: tally.errors,
        failed: tally.failures.length,
        seconds: rounded((performance.now() - begin) / 1000, 1),
        slowestMs: rounded(tally.slowestMilliseconds, 0),
        peakMiB: rounded(tally.peakBytes / MEBI, 0),
      };
      rows.push(row);
      // At once, since all of them take long: a run that is cut off has something to show.
      console.log(
        `${row.format}: ${row.values} values, ${row.errors} errors, ${row.failed} failed; ${row.seconds} s, the slowest ${row.slowestMs} ms, at most ${row.peakMiB} MiB`,
      );
    }
    const failed = rows.reduce((sum, row) => sum + row.failed, 0);
    return { seed, first, count, failed, formats: rows, passed: failed === 0 };
  },
};

function firstOf(values: OptionValues): number {
  const first = Number(values['first']);
  if (!Number.isInteger(first) || first < 0)
    throw new RangeError(`--first is ${String(values['first'])}; it takes 0 or a positive integer.`);
  return first;
}

/** Says which inputs failed, and leaves them in a folder. */
function report(name: string, seed: number, intact: readonly Uint8Array[], failures: readonly Failure[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'delira-failed-'));
  for (const { index, message } of failures) {
    const path = join(folder, `${name}-${seed}-${index}`);
    writeFileSync(path, inputOf(formatNamed(name), intact, seed, index));
    console.log(`${name}, seed ${seed}, input ${index}: ${message}\n  ${path}`);
  }
}
