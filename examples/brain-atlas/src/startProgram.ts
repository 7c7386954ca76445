import { DeliraError } from '@delira/core';
import { type ExampleDefaults, helpOf, parseOptions } from './options.js';
import { runTask } from './runTask.js';
import type { SegmentationTask } from './SegmentationTask.js';

/** What an example's `main.ts` does: reads the command line, runs the task and sets the exit code. */
export async function startProgram(
  args: readonly string[],
  defaults: ExampleDefaults,
  createTask: () => Promise<SegmentationTask>,
): Promise<void> {
  const print = (text: string): void => void process.stdout.write(text);
  try {
    const options = parseOptions(args, defaults);
    if (options === null) {
      print(helpOf(defaults));
      return;
    }
    const kept = args.filter((arg) => arg !== '--resume');
    const resumeCommand = [`npm run ${defaults.script} --`, ...kept, '--resume'].join(' ');
    process.exitCode = await runTask(await createTask(), options, { print, resumeCommand });
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** What a user can act on; of anything else, where it came from. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof DeliraError || error.constructor === Error || 'code' in error;
  return isExpected ? error.message : (error.stack ?? error.message);
}
