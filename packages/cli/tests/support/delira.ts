import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from './captured.js';

const bin = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A process of the program that is built. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function start(folder: string, ...args: readonly string[]): Running {
  // Without the variable, which tests of this repository may set: its conditions would load sources.
  const { NODE_OPTIONS: _, DELIRA_BACKEND: __, ...env } = process.env;
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, out, errors }));
  });
  return { child, ended };
}

/** Runs the program that is built, in a folder. */
export function delira(folder: string, ...args: readonly string[]): Promise<Ended> {
  return start(folder, ...args).ended;
}
