import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@delira/core';
import { afterAll, describe, expect, it } from 'vitest';
import { formats } from '../src/fuzz/formats/index.js';
import type { FuzzFormat } from '../src/fuzz/FuzzFormat.js';
import { inputOf, readInput } from '../src/fuzz/readDamaged.js';

const program = fileURLToPath(new URL('../dist/stress.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'delira-fuzz-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly failed: number;
  readonly passed: boolean;
  readonly formats: readonly { readonly format: string; readonly values: number; readonly errors: number }[];
}

/** The program as users start it: ITK's formats need a worker, and a worker can only run what is built. */
function fuzz(...parameters: readonly string[]): Promise<{ readonly output: string; readonly result: Result }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'fuzz', ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.on('error', reject);
    child.on('close', () => {
      const last = output.trim().split('\n').at(-1)!;
      if (last.startsWith('{')) resolve({ output, result: JSON.parse(last) as Result });
      else reject(new Error(`The program ended early: ${errors}`));
    });
  });
}

describe('npm run stress -- fuzz', () => {
  it('finds nothing in 200 damaged inputs of each format', async () => {
    const { output, result } = await fuzz('--count', '200', '--seconds', '60');
    expect(result.failed, output).toBe(0);
    expect(result.formats.map(({ format }) => format)).toEqual(formats.map(({ name }) => name));
    for (const { format, values, errors } of result.formats) {
      expect(values + errors).toBe(200);
      // Neither all nor none: else nothing was tried.
      expect(values, format).toBeGreaterThan(0);
      expect(errors, format).toBeGreaterThan(50);
    }
  }, 300_000);

  it('leaves the input that breaks the limit of memory', async () => {
    const { output, result } = await fuzz('--format', 'idx', '--count', '1', '--first', '7', '--memory', '1');
    expect(result).toMatchObject({ failed: 1, passed: false });
    const [, path] = /idx, seed 1, input 7: it took \d+ MiB, the limit is 1 MiB\n {2}(.+)/.exec(output)!;
    const format = formats.find(({ name }) => name === 'idx')!;
    expect(new Uint8Array(readFileSync(path!))).toEqual(inputOf(format, await format.intact(folder), 1, 7));
    rmSync(join(path!, '..'), { recursive: true });
  }, 60_000);
});

describe('a reader', () => {
  const reading = (read: () => unknown, path: string | null = null): FuzzFormat => ({
    name: 'test',
    intact: () => Promise.resolve([new Uint8Array(8)]),
    damage: (bytes) => bytes,
    prepare: () => Promise.resolve({ path, read: () => Promise.resolve().then(read) }),
  });

  it.each([
    ['throws what is not ours', () => Array(-1), null, "an error of another's: RangeError"],
    ['does not name the file', () => rejectWith('Wrong.'), '/tmp/a', 'an error that does not name /tmp/a: Wrong.'],
    ['gives too few numbers', () => ({ dtype: 'uint8', shape: [2, 3], data: [1] }), null, 'an array [2, 3] of 1'],
  ] as const)('fails that %s', async (_, read, path, message) => {
    const outcome = await readInput(reading(read, path), new Uint8Array(8), folder);
    expect(outcome.kind).toBe('failed');
    expect(outcome.message).toContain(message);
  });

  it('passes with a value, or an error that names the file', async () => {
    const values = reading(() => new Map([['a', { dtype: 'uint8', shape: [2], data: [1, 2] }]]));
    expect((await readInput(values, new Uint8Array(8), folder)).kind).toBe('value');
    const errors = reading(() => rejectWith('/tmp/a is wrong.'), '/tmp/a');
    expect((await readInput(errors, new Uint8Array(8), folder)).kind).toBe('error');
  });
});

function rejectWith(message: string): never {
  throw new InputError(message);
}
