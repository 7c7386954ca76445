import { DeliraError } from '@delira/core';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, parseOptions } from './options.js';
import { run } from './run.js';

const print = (text: string): void => void process.stdout.write(text);

/** What a user can act on; of anything else, where it came from. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof DeliraError || error.constructor === Error || 'code' in error;
  return isExpected ? error.message : (error.stack ?? error.message);
}

try {
  const options = parseOptions(process.argv.slice(2), resolve(dirname(fileURLToPath(import.meta.url)), '../output'));
  if (options === null) print(help);
  else process.exitCode = await run(options, print);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
