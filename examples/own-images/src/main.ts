import { DeliraError } from '@delira/core';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, parseOptions } from './options.js';
import { run } from './run.js';

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, resolve(dirname(fileURLToPath(import.meta.url)), '../output'));
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  const kept = args.filter((arg) => arg !== '--resume');
  return run(options, {
    print: (text) => void process.stdout.write(text),
    resumeCommand: ['npm run own-images --', ...kept, '--resume'].join(' '),
  });
}

/** What a user can act on; of anything else, where it came from. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof DeliraError || error.constructor === Error || 'code' in error;
  return isExpected ? error.message : (error.stack ?? error.message);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
