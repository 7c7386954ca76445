import { createRng, type Rng } from '@delira/core';
import { ProgressBar } from '@delira/logging';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatTable } from '../formatTable.js';
import { type Measurement, positiveInteger } from '../Measurement.js';

const script = fileURLToPath(new URL('./resumeTraining.js', import.meta.url));
/** Most kills of one run before it is left to finish. */
const MOST_IN_A_ROW = 3;

interface Report {
  readonly epochs: number;
  readonly step: number;
  readonly stopped: string | null;
  /** Operations that wrote checkpoints. */
  readonly operations: number;
}

/** When a training is killed: so many milliseconds after it began, or in one of its writes. */
type Moment = { readonly after: number } | { readonly operation: number };

interface Ending {
  /** Null when it was killed. */
  readonly report: Report | null;
  /** From its begin, in milliseconds. */
  readonly took: number;
}

/** @throws Error with what the training said when it failed. */
function train(folder: string, moment: Moment | null): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const operation = moment !== null && 'operation' in moment ? [String(moment.operation)] : [];
    const child = spawn(process.execPath, [script, folder, ...operation], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    let start = NaN;
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (!Number.isNaN(start) || !output.startsWith('ready\n')) return;
      start = performance.now();
      if (moment !== null && 'after' in moment) timer = setTimeout(() => child.kill('SIGKILL'), moment.after);
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('error', reject);
    const took = (): number => performance.now() - start;
    // Not once its streams are closed: the engine's own process may hold them a moment longer.
    child.on('exit', (_, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve({ report: null, took: took() });
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ report: JSON.parse(output.split('\n')[1]!) as Report, took: took() });
      else reject(new Error(`The training ended with code ${code}: ${complaint}`));
    });
  });
}

/** A digest of every file of a run: weights, optimizer, position, metric history; without what a kill leaves of files that were being made. */
function contents(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.tmp') && !name.startsWith('run.lock'));
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return new Map(names.sort().map((name) => [name, digest(name)]));
}

/** Names of the files that one of them lacks, or that differ. */
function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));
}

function reportDifferences(one: Report, other: Report): readonly string[] {
  return (['epochs', 'step', 'stopped'] as const).filter((name) => one[name] !== other[name]);
}

/** Half of them anywhere, half in the middle of a write. */
function drawMoment(rng: Rng, { took, report }: Ending): Moment {
  return rng.uniform() < 0.5 ? { after: Math.floor(rng.uniform() * took) } : { operation: rng.int(report!.operations) };
}

/** Kills a real training again and again: what is resumed must end in the same bits as what was never interrupted. */
export const resume: Measurement = {
  name: 'resume',
  description: 'kills a training at random moments, resumes it, and compares with one that was not interrupted',
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  help: ['--kills N  how often a training is killed (default 200)', '--seed N   of the moments (default 1)'],
  async run(values) {
    const kills = positiveInteger(values, 'kills');
    const seed = positiveInteger(values, 'seed');
    const root = mkdtempSync(join(tmpdir(), 'delira-resume-'));
    const rng = createRng(seed);
    const bar = new ProgressBar({ unit: 'kills' });
    try {
      const whole = await train(join(root, 'whole'), null);
      const expected = contents(join(root, 'whole'));
      let done = 0;
      let inWrites = 0;
      let identical = 0;
      const different: string[] = [];
      bar.start({ label: 'resume', total: kills });
      for (let run = 0; done < kills; run++) {
        const folder = join(root, String(run));
        const inARow = Math.min(kills - done, 1 + rng.int(MOST_IN_A_ROW));
        const moments: string[] = [];
        let report: Report | null = null;
        while (moments.length < inARow && report === null) {
          const moment = drawMoment(rng, whole);
          ({ report } = await train(folder, moment));
          // It may have been finished before that moment came.
          if (report === null) {
            moments.push(JSON.stringify(moment));
            if ('operation' in moment) inWrites++;
          }
        }
        report ??= (await train(folder, null)).report!;
        const differing = [...differences(contents(folder), expected), ...reportDifferences(report, whole.report!)];
        done += moments.length;
        if (differing.length === 0) identical += moments.length;
        else different.push(`${differing.join(', ')} of run ${run}, killed at ${moments.join(', ')}`);
        rmSync(folder, { recursive: true });
        bar.update(done, { identical });
      }
      bar.finish();
      const { epochs, step, stopped, operations } = whole.report!;
      console.log(
        formatTable([
          ['uninterrupted', `${epochs} epochs, ${step} steps, ${operations} operations on files; ${stopped}`],
          ['killed', String(done)],
          ['of these in a write', String(inWrites)],
          ['identical', String(identical)],
          ...different.map((what) => ['different', what]),
        ]),
      );
      return { kills: done, inWrites, identical, epochs, steps: step, seed, passed: identical === done };
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};
