import { fileURLToPath } from 'node:url';
import { lastLines, runProcess } from './runProcess.js';
import { SkippedError } from './SkippedError.js';

export interface ChildOptions {
  readonly parameters?: readonly string[];
  /** Of Node. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A program, with its own parameters, that runs Node, such as an emulator. */
  readonly under?: readonly string[];
}

/**
 * Runs one of the programs beside this file in a process of its own and gives what it prints as JSON.
 *
 * @throws SkippedError when the child says that it cannot run here (exit code 3).
 */
export async function runChild<R>(name: string, options: ChildOptions = {}): Promise<R> {
  const { parameters = [], options: nodeOptions = [], environment = {}, under = [] } = options;
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const [command = process.execPath, ...rest] = [...under, process.execPath, ...nodeOptions, script, ...parameters];
  const finished = await runProcess(command, rest, { environment });
  if (finished.code === 3) throw new SkippedError(lastLines(finished.stderr, 1));
  if (finished.code !== 0) {
    throw new Error(`${name} ended with code ${finished.code}:\n${lastLines(finished.stderr, 12)}`);
  }
  return JSON.parse(lastLines(finished.stdout, 1)) as R;
}
