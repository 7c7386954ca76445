import { DeliraError, didYouMean } from '@delira/core';
import { createRequire } from 'node:module';
import type { Command, Output } from './commands/Command.js';
import { EXIT } from './commands/common.js';
import { commands } from './commands/commands.js';
import { UsageError } from './UsageError.js';

/**
 * Does what a command line says.
 *
 * @param args without the program's name.
 * @returns the code that the process ends with: 0 done, 1 failed, 2 a wrong command line, 130 interrupted by Ctrl-C, 143 by SIGTERM, or that of
 * a time limit, 75 unless the config says otherwise.
 */
export async function runCommandLine(args: readonly string[], output: Output): Promise<number> {
  const { print, stream } = output;
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      print(rest[0] === undefined ? overview() : find(rest[0]).help);
      return name === undefined ? EXIT.usage : EXIT.done;
    }
    if (name === '--version' || name === '-v') {
      print(`${version()}\n`);
      return EXIT.done;
    }
    const command = find(name);
    const end = rest.indexOf('--');
    if ((end < 0 ? rest : rest.slice(0, end)).some((arg) => arg === '--help' || arg === '-h')) {
      print(command.help);
      return EXIT.done;
    }
    return await command.run(rest, output);
  } catch (error) {
    stream.write(`${explain(error)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function find(name: string): Command {
  const names = Object.keys(commands);
  if (Object.hasOwn(commands, name)) return commands[name as keyof typeof commands];
  throw new UsageError(
    `There is no command "${name}".${didYouMean(name, names)} There is: ${names.join(', ')}. See delira --help.`,
  );
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`);
  return `delira ${version()}: trains, tests and uses imaging networks.

  delira COMMAND [arguments]

${lines.join('\n')}

  delira COMMAND --help   says more, with examples
  delira --version

Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted by Ctrl-C and saved, 143 by SIGTERM and saved,
75 stopped by a TimeLimit and saved (or the code that it is given), to be queued again with delira resume.

  delira doctor
  delira init classification > digits.yaml
  delira train digits.yaml
  delira predict runs/digits photo.png -o predictions
`;
}

function version(): string {
  return (createRequire(import.meta.url)('@delira/cli/package.json') as { readonly version: string }).version;
}

/** What a user can act on; of anything else, where it came from. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof DeliraError || error.constructor === Error || 'code' in error;
  return isExpected ? error.message : (error.stack ?? error.message);
}
