import { createRng } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let built: string;
let whole: Ending & { readonly files: readonly string[] };

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'delira-program-'));
  await build({
    entry: [fileURLToPath(new URL('./programs/train.ts', import.meta.url))],
    config: false,
    outDir: built,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    noExternal: [/^@delira\//],
    silent: true,
    esbuildOptions: (options) => {
      options.conditions = ['@delira/source'];
    },
  });
  const folder = join(built, 'whole');
  mkdirSync(folder);
  const ending = await train(folder);
  whole = { ...ending, files: filesIn(folder) };
});
afterAll(() => rmSync(built, { recursive: true }));

interface Ending {
  readonly code: number | null;
  readonly killed: NodeJS.Signals | null;
  readonly errors: string;
  readonly steps: readonly number[];
  /** The program's last line. */
  readonly result: Readonly<Record<string, unknown>> | null;
}

type Interruption = (kill: (signal: NodeJS.Signals) => void, line: string) => void;

/** Runs the program, telling `interrupt` of every line it writes. */
function train(folder: string, pause = 0, interrupt: Interruption = () => undefined): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(built, 'train.mjs'), folder, String(pause)], { timeout: 30_000 });
    const lines: string[] = [];
    let rest = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop()!;
      for (const line of parts) {
        lines.push(line);
        interrupt((signal) => void child.kill(signal), line);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, killed) => {
      const last = lines.at(-1) ?? '';
      resolve({
        code,
        killed,
        errors,
        steps: lines.flatMap((line) => (line.startsWith('step ') ? [Number(line.slice(5))] : [])),
        result: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : null,
      });
    });
  });
}

const filesIn = (folder: string): string[] =>
  ['epochs.csv', 'history.jsonl'].map((name) => readFileSync(join(folder, name), 'utf8'));

/** Sends signals when the program says a certain line: each so many milliseconds after it. */
function signalsAt(line: string, signals: readonly (readonly [signal: NodeJS.Signals, after: number])[]): Interruption {
  return (kill, said) => {
    if (said === line) for (const [signal, after] of signals) setTimeout(() => kill(signal), after);
  };
}

describe('a training in a process of its own', () => {
  it('runs to its end', () => {
    expect(whole).toMatchObject({
      code: 0,
      killed: null,
      errors: '',
      result: { signal: null, stopped: null, step: 18 },
    });
    expect(whole.steps).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
  });

  it.each([
    ['SIGINT once', [['SIGINT', 0]], 130],
    [
      'SIGINT twice, as npm sends it',
      [
        ['SIGINT', 0],
        ['SIGINT', 30],
      ],
      130,
    ],
    ['SIGTERM', [['SIGTERM', 0]], 143],
  ] as const)('stops after the call under way on %s, and a resume ends in the same bits', async (_, signals, code) => {
    const folder = temporaryFolder();
    const first = await train(folder, 100, signalsAt('step 4', signals));
    const [signal] = signals[0];
    expect(first).toMatchObject({ code, killed: null, errors: '', result: { signal, stopped: `received ${signal}` } });
    expect(first.steps.at(-1)).toBeLessThan(18);
    expect(existsSync(join(folder, 'last.safetensors'))).toBe(true);
    const second = await train(folder);
    expect(second.result).toEqual(whole.result);
    expect(second.steps[0]).toBe(first.steps.at(-1)! + 1);
    expect(filesIn(folder)).toEqual(whole.files);
  });

  it('ends at once on a second SIGINT that is no repeat of the first', async () => {
    const folder = temporaryFolder();
    const ending = await train(
      folder,
      20_000,
      signalsAt('ready', [
        ['SIGINT', 300],
        ['SIGINT', 2800],
      ]),
    );
    expect(ending).toMatchObject({ code: 130, killed: null, result: null, steps: [] });
  });

  it('killed at any moment ends in the same bits, histories included, once it is resumed often enough', async () => {
    const rng = createRng(17);
    const folder = temporaryFolder();
    let kills = 0;
    let ending: Ending;
    do {
      // Later and later, so that it ends.
      const after = 5 + rng.int(25) + 20 * kills;
      ending = await train(folder, 2, signalsAt('ready', [['SIGKILL', after]]));
      if (ending.killed === 'SIGKILL') kills++;
    } while (ending.result === null && kills < 60);
    expect(kills).toBeGreaterThan(0);
    expect(ending.result).toEqual(whole.result);
    expect(filesIn(folder)).toEqual(whole.files);
  });
});
