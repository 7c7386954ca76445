import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The program imports the built package: worker threads and processes exist only there.
const program = fileURLToPath(new URL('./programs/endDuring.mjs', import.meta.url));

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** Resolves when nobody holds the program's standard error any more: neither it nor the engine's process. */
function end(host: string, how: string, phase: string, delay: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, host, how, phase, String(delay)], { timeout: 40_000 });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.resume();
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

const delays = {
  start: [0, 20, 60, 150],
  compile: [0, 80, 200],
  run: [0, 60, 250],
} as const;

type Phase = keyof typeof delays;

function endAll(host: string, how: string, phase: Phase): Promise<readonly Ending[]> {
  return Promise.all(delays[phase].map((delay) => end(host, how, phase, delay)));
}

describe('a process that asked for the backend on its main thread', () => {
  for (const phase of ['start', 'compile', 'run'] as const) {
    it(`keeps the code of process.exit during a ${phase}`, async () => {
      for (const ending of await endAll('main', 'exit', phase))
        expect(ending).toEqual({ code: 7, signal: null, output: '' });
    });
  }

  it.each([
    ['throw', { code: 1, signal: null, output: '' }],
    ['reject', { code: 1, signal: null, output: '' }],
    ['interrupt', { code: null, signal: 'SIGINT', output: '' }],
  ])('ends as usual by %s during a run', async (how, expected) => {
    expect(await end('main', how, 'run', 150)).toEqual(expected);
  });
});

describe('a process that asked for the backend on a worker', () => {
  for (const phase of ['start', 'compile', 'run'] as const) {
    it(`goes on when that worker is terminated during a ${phase}, and the engine ends`, async () => {
      const output = phase === 'start' ? 'worker ended\n' : 'worker ended\nengine gone\n';
      for (const ending of await endAll('worker', 'terminate', phase))
        expect(ending).toEqual({ code: 0, signal: null, output });
    });
  }

  it('goes on when that worker throws during a run, and the engine ends', async () => {
    expect(await end('worker', 'throw-in-worker', 'run', 150)).toEqual({
      code: 0,
      signal: null,
      output: 'worker ended\nengine gone\n',
    });
  });

  it.each([
    ['exit', { code: 7, signal: null, output: '' }],
    ['interrupt', { code: null, signal: 'SIGINT', output: '' }],
    ['kill', { code: null, signal: 'SIGKILL', output: '' }],
  ])('ends as usual by %s during a run, and leaves no engine behind', async (how, expected) => {
    expect(await end('worker', how, 'run', 150)).toEqual(expected);
  });
});

describe('a process that is done', () => {
  it.each([
    ['main', 'finished\n'],
    ['worker', 'finished\nworker ended\nengine gone\n'],
  ])('ends although the backend was not disposed of (%s)', async (host, output) => {
    expect(await end(host, 'by itself', 'run', 0)).toEqual({ code: 0, signal: null, output });
  });
});
