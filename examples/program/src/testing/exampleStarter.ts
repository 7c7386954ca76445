import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Ending {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly log: string;
}

/**
 * Starts an example as its npm script does.
 * @param interrupt is told the process group while the program runs.
 */
export type StartExample = (args: readonly string[], interrupt?: (group: number) => Promise<void>) => Promise<Ending>;

/** @param main the built `main.js`. @param timeout milliseconds after which the program is killed. */
export function exampleStarter(main: string, timeout: number): StartExample {
  return (args, interrupt) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [main, ...args], { detached: true, timeout });
      let out = '';
      let log = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, log }));
      interrupt?.(-child.pid!).catch(reject);
    });
}
