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

/** Milliseconds into phases of about 300, 900 and 900. */
const delays = {
  start: [0, 40, 100, 160],
  compile: [0, 150, 400],
  run: [0, 60, 250],
} as const;

type Phase = keyof typeof delays;

async function endAll(host: string, how: string, phase: Phase): Promise<readonly Ending[]> {
  const endings = await Promise.all(delays[phase].map((delay) => end(host, how, phase, delay)));
  // On a fast machine the later ends may come after the phase: no harm, as long as one was early enough.
  expect(endings.filter(({ output }) => !output.startsWith('finished'))).not.toHaveLength(0);
  return endings.map((ending) => ({ ...ending, output: ending.output.replace(/^finished\n/, '') }));
}

describe('a process that asked for the backend on its main thread', () => {
  for (const phase of ['start', 'compile', 'run'] as const) {
    it(`keeps the code of process.exit during a ${phase}`, async () => {
      for (const ending of await endAll('main', 'exit', phase))
        expect(ending).toEqual({ code: 7, signal: null, output: '' });
    });
  }

  it('ends as usual by an error or a signal during a run', async () => {
    const endings = await Promise.all(['throw', 'reject', 'interrupt'].map((how) => end('main', how, 'run', 150)));
    expect(endings).toEqual([
      { code: 1, signal: null, output: '' },
      { code: 1, signal: null, output: '' },
      { code: null, signal: 'SIGINT', output: '' },
    ]);
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
    const output = 'worker ended\nengine gone\n';
    expect(await end('worker', 'throw-in-worker', 'run', 150)).toEqual({ code: 0, signal: null, output });
  });

  it('ends as usual during a run, and leaves no engine behind', async () => {
    const endings = await Promise.all(['exit', 'interrupt', 'kill'].map((how) => end('worker', how, 'run', 150)));
    expect(endings).toEqual([
      { code: 7, signal: null, output: '' },
      { code: null, signal: 'SIGINT', output: '' },
      { code: null, signal: 'SIGKILL', output: '' },
    ]);
  });
});

describe('a process that is done', () => {
  it('ends although the backend was not disposed of', async () => {
    const endings = await Promise.all(['main', 'worker'].map((host) => end(host, 'by itself', 'run', 0)));
    expect(endings).toEqual([
      { code: 0, signal: null, output: 'finished\n' },
      { code: 0, signal: null, output: 'finished\nworker ended\nengine gone\n' },
    ]);
  });
});
