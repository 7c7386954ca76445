import { startProgram } from '@delira/program';
import { type ExampleDefaults, helpOf, parseOptions } from './options.js';
import { runTask } from './runTask.js';
import type { SegmentationTask } from './SegmentationTask.js';

/** What an example's `main.ts` does: reads the command line, runs the task and sets the exit code. */
export function startTask(defaults: ExampleDefaults, createTask: () => Promise<SegmentationTask>): Promise<void> {
  return startProgram({
    script: defaults.script,
    help: helpOf(defaults),
    parseOptions: (args) => parseOptions(args, defaults),
    run: async (options, surroundings) => runTask(await createTask(), options, surroundings),
  });
}
