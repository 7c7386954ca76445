import { numberOption } from '@delira/program';
import { parseArgs } from 'node:util';

/** The short run takes seconds, and what it must reach is far from guessing, which is right in a tenth of cases. */
const SMOKE = { epochs: '6', perClass: 20, size: '32', accuracy: 0.3 } as const;
const FULL = { epochs: '10', perClass: 100, size: '64' } as const;

export const help = `Trains ResNet18 on your images: a folder with one sub-folder of PNG, JPEG, TIFF or WebP files for each class.

  npm run own-images -- [FOLDER] [options]

  FOLDER              the folder; without one, some handwritten digits are written as PNGs first
  --epochs N          epochs in all (default ${FULL.epochs})
  --size N            images are resized to N × N pixels (default ${FULL.size})
  --mode NAME         grey or rgb (default: grey if the first image of each class is)
  --val-size X        share of each class that is kept apart to test on (default 0.25)
  --batch-size N      images per step (default 16)
  --learning-rate X   largest value of the one-cycle schedule (default 0.001)
  --seed N            seed of weights, order and split (default 0)
  --output DIR        checkpoint, model, picture (default examples/own-images/output)
  --resume            go on from the checkpoint in DIR, with the same folder and options as before
  --threads N         threads of the engine (default: all cores)
  --smoke             a short run on few digits in DIR/smoke that fails below ${100 * SMOKE.accuracy} % accuracy: for CI
  --help
`;

export interface Options {
  /** Null: digits are written into the output first. */
  readonly folder: string | null;
  /** Digits of each class then. */
  readonly perClass: number;
  readonly epochs: number;
  readonly size: number;
  /** Null: as the files are. */
  readonly mode: 'grey' | 'rgb' | null;
  readonly valSize: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly output: string;
  readonly resume: boolean;
  /** Null: as many as there are cores. */
  readonly threads: number | null;
  /** Accuracy below which the run counts as failed. */
  readonly requiredAccuracy: number;
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaultOutput: string): Options | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      epochs: { type: 'string' },
      size: { type: 'string' },
      mode: { type: 'string' },
      'val-size': { type: 'string', default: '0.25' },
      'batch-size': { type: 'string', default: '16' },
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
  if (positionals.length > 1) throw new Error(`One folder is expected, got ${positionals.join(', ')}.`);
  const { smoke, mode } = values;
  if (mode !== undefined && mode !== 'grey' && mode !== 'rgb')
    throw new Error(`--mode must be grey or rgb, got "${mode}".`);
  const defaults = smoke ? SMOKE : FULL;
  return {
    folder: positionals[0] ?? null,
    perClass: defaults.perClass,
    epochs: numberOption('epochs', values.epochs ?? defaults.epochs, { least: 1 }),
    size: numberOption('size', values.size ?? defaults.size, { least: 16 }),
    mode: mode ?? null,
    valSize: numberOption('val-size', values['val-size'], { least: 0.05, most: 0.95, integer: false }),
    batchSize: numberOption('batch-size', values['batch-size'], { least: 2 }),
    learningRate: numberOption('learning-rate', values['learning-rate'], { least: 0, integer: false }),
    seed: numberOption('seed', values.seed, { least: 0 }),
    output: values.output ?? (smoke ? `${defaultOutput}/smoke` : defaultOutput),
    resume: values.resume,
    threads: values.threads === undefined ? null : numberOption('threads', values.threads, { least: 1 }),
    requiredAccuracy: smoke ? SMOKE.accuracy : 0,
  };
}
