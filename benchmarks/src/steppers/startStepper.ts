import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Stepper, Steps } from './Stepper.js';

/**
 * Starts a program that speaks the stepping protocol: one JSON line when ready, then for every line `n` on standard input one JSON
 * line of timings.
 */
export async function startStepper(
  name: string,
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Stepper> {
  const child = spawn(command, parameters, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const failed = new Promise<never>((_, reject) => child.on('error', reject));
  failed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const answer = async (): Promise<Readonly<Record<string, unknown>>> => {
    const line = await Promise.race([lines.next(), failed]);
    if (line.done === true) throw new Error(`${name} ended with code ${await ended}:\n${complaints.trim()}`);
    return JSON.parse(line.value) as Readonly<Record<string, unknown>>;
  };
  return {
    name,
    ready: await answer(),
    async steps(count) {
      child.stdin.write(`${count}\n`);
      return (await answer()) as unknown as Steps;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
