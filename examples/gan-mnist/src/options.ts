import { numberOption } from '@delira/program';
import { parseArgs } from 'node:util';

/** The short run: seconds, and what it must reach is that the generator has learned that most of a picture is background. */
const SMOKE = { epochs: '2', digits: '512', features: '8', batchSize: '16', brightness: -0.3 } as const;
const FULL = { epochs: '5', digits: '10000', features: '16', batchSize: '32' } as const;

export const help = `Teaches a DCGAN to draw handwritten digits of 64 × 64 pixels, and a small classifier to judge them.

  npm run gan-mnist -- [options]

  --epochs N          epochs in all (default ${FULL.epochs})
  --digits N          digits to learn from (default ${FULL.digits})
  --features N        width of generator and discriminator; the paper's is 64 (default ${FULL.features})
  --batch-size N      samples per step (default ${FULL.batchSize})
  --learning-rate X   of the generator; the discriminator has a quarter of it (default 0.001)
  --seed N            seed of weights, noise and order (default 0)
  --output DIR        checkpoint, pictures, metrics (default examples/gan-mnist/output)
  --resume            go on from the checkpoint in DIR, with the same options as before
  --threads N         threads of the engine (default: all cores)
  --smoke             a short run in DIR/smoke that fails unless the generator learns: for CI
  --help
`;

export interface Options {
  readonly epochs: number;
  readonly digits: number;
  readonly features: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly output: string;
  readonly resume: boolean;
  /** Null: as many as there are cores. */
  readonly threads: number | null;
  /** Mean of the generated pixels above which the run counts as failed; real digits have −0.74, a new generator about 0. */
  readonly highestBrightness: number;
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaultOutput: string): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: 'string' },
      digits: { type: 'string' },
      features: { type: 'string' },
      'batch-size': { type: 'string' },
      'learning-rate': { type: 'string', default: '0.001' },
      seed: { type: 'string', default: '0' },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      threads: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { smoke } = values;
  const defaults = smoke ? SMOKE : FULL;
  return {
    epochs: numberOption('epochs', values.epochs ?? defaults.epochs, { least: 1 }),
    digits: numberOption('digits', values.digits ?? defaults.digits, { least: 64 }),
    features: numberOption('features', values.features ?? defaults.features, { least: 1 }),
    batchSize: numberOption('batch-size', values['batch-size'] ?? defaults.batchSize, { least: 2 }),
    learningRate: numberOption('learning-rate', values['learning-rate'], { least: 0, integer: false }),
    seed: numberOption('seed', values.seed, { least: 0 }),
    output: values.output ?? (smoke ? `${defaultOutput}/smoke` : defaultOutput),
    resume: values.resume,
    threads: values.threads === undefined ? null : numberOption('threads', values.threads, { least: 1 }),
    highestBrightness: smoke ? SMOKE.brightness : Infinity,
  };
}
