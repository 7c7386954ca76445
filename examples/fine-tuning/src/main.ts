import { startProgram } from '@delira/program';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, parseOptions } from './options.js';
import { run } from './run.js';

await startProgram({
  script: 'fine-tuning',
  help,
  parseOptions: (args) => parseOptions(args, resolve(fileURLToPath(import.meta.url), '../../output')),
  run,
});
