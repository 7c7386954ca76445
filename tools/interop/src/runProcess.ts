import { spawn } from 'node:child_process';

/** What a finished child process left behind. */
export interface Finished {
  /** Exit code; 1 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** Runs a program to its end and collects its output. Rejects only when it cannot be started. */
export function runProcess(
  command: string,
  parameters: readonly string[],
  options: RunProcessOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
      cwd: options.folder,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/** The end of a program's output, where it usually says what went wrong. */
export const lastLines = (text: string, count: number): string => text.trim().split('\n').slice(-count).join('\n');
