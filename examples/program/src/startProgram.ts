import { DeliraError } from '@delira/core';

/** What a program is told beside its options. */
export interface Surroundings {
  /** Takes what is reported at the end. */
  readonly print: (text: string) => void;
  /** The command that goes on with an interrupted run. */
  readonly resumeCommand: string;
}

export interface Program<Options> {
  /** The npm script that starts it. */
  readonly script: string;
  /** What --help prints. */
  readonly help: string;
  /** Null when help was asked for. */
  readonly parseOptions: (args: readonly string[]) => Options | null;
  /** Gives the exit code. */
  readonly run: (options: Options, surroundings: Surroundings) => number | Promise<number>;
}

/** What an example's `main.ts` does: reads the command line, runs, says what went wrong and sets the exit code. */
export async function startProgram<Options>({ script, help, parseOptions, run }: Program<Options>): Promise<void> {
  const args = process.argv.slice(2);
  const print = (text: string): void => void process.stdout.write(text);
  try {
    const options = parseOptions(args);
    if (options === null) return print(help);
    const kept = args.filter((arg) => arg !== '--resume');
    process.exitCode = await run(options, {
      print,
      resumeCommand: [`npm run ${script} --`, ...kept, '--resume'].join(' '),
    });
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
