import { numberOption } from '@delira/program';
import { parseArgs } from 'node:util';

/** Numbers of a run that may be given on the command line. */
export interface RunSize {
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly steps: number;
  readonly batchSize: number;
}

export interface ExampleDefaults {
  /** The npm script that starts the example. */
  readonly script: string;
  /** The help's first lines. */
  readonly about: string;
  readonly full: RunSize & { readonly learningRate: number };
  /** The short run, and the mean Dice it must reach. */
  readonly smoke: RunSize & { readonly dice: number };
  /** Folder of the results. */
  readonly output: string;
}

export interface ExampleOptions extends RunSize {
  readonly learningRate: number;
  readonly seed: number;
  readonly output: string;
  readonly resume: boolean;
  /** Parts of a cross-validation; null: none, but the run and its test. */
  readonly kfold: number | null;
  /** Where to write what another program needs to train on the same batches; then nothing is trained. */
  readonly exportData: string | null;
  /** Null: as many as there are cores. */
  readonly threads: number | null;
  readonly flavour: 'auto' | 'portable' | 'tuned';
  readonly providers: readonly string[];
  /** Mean Dice on the test hemisphere below which the run counts as failed. */
  readonly requiredDice: number;
}

export function helpOf({ script, about, full, smoke }: ExampleDefaults): string {
  return `${about}

  npm run ${script} -- [options]

  --epochs N          epochs in all (default ${full.epochs})
  --steps N           steps in an epoch (default ${full.steps})
  --batch-size N      patches in a step (default ${full.batchSize})
  --learning-rate X   largest value of the one-cycle schedule (default ${full.learningRate})
  --seed N            seed of weights and patches (default 0)
  --output DIR        checkpoint, prediction, picture, metrics (default examples/${script}/output)
  --resume            go on from the checkpoint in DIR, with the same options as before, to the
                      same weights, bit for bit, that an uninterrupted run gives
  --kfold N           train N times instead, each time on the others of N parts of the images, test on
                      that part, and print a table; in DIR/kfold
  --export-data DIR   write volumes, patch positions and first weights for another program and stop
  --threads N         threads of the engine (default: all cores)
  --flavour NAME      auto, portable or tuned (default auto)
  --provider NAME     cpu, webgpu, cuda … (default cpu; may be repeated)
  --smoke             a run of ${smoke.epochs * smoke.steps} steps in DIR/smoke that fails below a mean Dice of ${smoke.dice}: for CI
  --help
`;
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaults: ExampleDefaults): ExampleOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: 'string' },
      steps: { type: 'string' },
      'batch-size': { type: 'string' },
      'learning-rate': { type: 'string' },
      seed: { type: 'string', default: '0' },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      kfold: { type: 'string' },
      'export-data': { type: 'string' },
      threads: { type: 'string' },
      flavour: { type: 'string', default: 'auto' },
      provider: { type: 'string', multiple: true, default: ['cpu'] },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { flavour, smoke } = values;
  if (flavour !== 'auto' && flavour !== 'portable' && flavour !== 'tuned')
    throw new Error(`--flavour must be auto, portable or tuned, got "${flavour}".`);
  const number = (name: string, text: string | undefined, least: number, fallback: number, integer = true): number =>
    text === undefined ? fallback : numberOption(name, text, { least, integer });
  const size = smoke ? defaults.smoke : defaults.full;
  const threads = number('threads', values.threads, 1, 0);
  const kfold = number('kfold', values.kfold, 2, 0);
  return {
    epochs: number('epochs', values.epochs, 1, size.epochs),
    steps: number('steps', values.steps, 1, size.steps),
    batchSize: number('batch-size', values['batch-size'], 1, size.batchSize),
    learningRate: number('learning-rate', values['learning-rate'], 0, defaults.full.learningRate, false),
    seed: number('seed', values.seed, 0, 0),
    output: values.output ?? (smoke ? `${defaults.output}/smoke` : defaults.output),
    resume: values.resume,
    kfold: kfold === 0 ? null : kfold,
    exportData: values['export-data'] ?? null,
    threads: threads === 0 ? null : threads,
    flavour,
    providers: values.provider,
    requiredDice: smoke ? defaults.smoke.dice : 0,
  };
}
