import { ArgumentError } from '@delira/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgram, type Surroundings } from '../src/index.js';

const written = { out: '', errors: '' };

beforeEach(() => {
  Object.assign(written, { out: '', errors: '' });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.errors += String(text)), true));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What is written, and the exit code, of a program that runs `run`. */
async function outcome(
  args: readonly string[],
  run: (args: readonly string[], surroundings: Surroundings) => number,
): Promise<object> {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', 'main.js', ...args]);
  const parseOptions = (given: readonly string[]) => (given.includes('--help') ? null : given);
  await startProgram({ script: 'demo', help: 'Use it.\n', parseOptions, run });
  return { ...written, code: process.exitCode };
}

const fail = (error: unknown) => () => {
  throw error;
};

describe('startProgram', () => {
  it('runs and ends with its code', async () => {
    const run = (args: readonly string[], { print, resumeCommand }: Surroundings): number => {
      print(`${args.join(' ')} / ${resumeCommand}`);
      return 130;
    };
    expect(await outcome(['--resume', '--seed', '3'], run)).toEqual({
      out: '--resume --seed 3 / npm run demo -- --seed 3 --resume',
      errors: '',
      code: 130,
    });
  });

  it('prints help and does not run', async () => {
    expect(await outcome(['--help'], fail(new Error('It ran.')))).toMatchObject({ out: 'Use it.\n', errors: '' });
  });

  it('gives the message of what a user can act on, and the place of anything else', async () => {
    expect(await outcome([], fail(new ArgumentError('Give a seed.')))).toMatchObject({
      errors: 'Give a seed.\n',
      code: 1,
    });
    expect(await outcome([], fail(new TypeError('no function')))).toMatchObject({
      errors: expect.stringMatching(/TypeError: no function\n +at /),
    });
  });
});
