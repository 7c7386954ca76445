import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SkippedError } from '@delira/interop/engines';
import { type EngineReport, NOT_HERE } from './EngineReport.js';
import type { EngineUnderTest } from './engines.js';

const script = fileURLToPath(new URL('./engine.js', import.meta.url));

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/**
 * Lets an engine compute networks in a process of its own, which writes a file for each into the folder.
 *
 * @returns times, and why networks could not be run, by their number
 * @throws SkippedError when the engine is not here
 */
export async function runEngine(
  engine: EngineUnderTest,
  options: {
    readonly folder: string;
    readonly networks: readonly number[];
    readonly round: number;
    readonly threads: number;
  },
): Promise<EngineReport> {
  const surroundings = await engine.surroundings();
  const { folder, networks, round, threads } = options;
  const parameters = ['--engine', engine.name, '--folder', folder, '--networks', networks.join()];
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...surroundings.options, script, ...parameters, '--round', String(round), '--threads', String(threads)],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...surroundings.environment } },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      process.stderr.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(lastLine(stdout)) as EngineReport);
      else if (code === NOT_HERE) reject(new SkippedError(lastLine(stderr)));
      else reject(new Error(`The process of ${engine.name} ended with ${code ?? signal}: ${lastLine(stderr)}`));
    });
  });
}
