import { parseArgs } from 'node:util';

export const help = `Trains ResNet18 on the 60,000 MNIST digits, tests it on the 10,000, and exports it.

  npm run demo -- [options]

  --epochs N          epochs in all (default 1)
  --batch-size N      samples per step (default 64)
  --learning-rate X   largest value of the one-cycle schedule (default 0.002)
  --seed N            seed of weights and order (default 0)
  --output DIR        checkpoint, model, metrics (default examples/classification-mnist/output)
  --resume            go on from the checkpoint in DIR, to the same weights an uninterrupted run gives
  --threads N         threads of the engine (default: all cores)
  --flavour NAME      auto, portable or tuned (default auto)
  --provider NAME     cpu, webgpu, cuda … (default cpu; may be repeated)
  --smoke             a short run on a few digits that checks itself: for CI
  --help
`;

export interface Options {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly output: string;
  readonly resume: boolean;
  readonly threads: number | null;
  readonly flavour: 'auto' | 'portable' | 'tuned';
  readonly providers: readonly string[];
  readonly smoke: boolean;
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaultOutput: string): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: 'string', default: '1' },
      'batch-size': { type: 'string', default: '64' },
      'learning-rate': { type: 'string', default: '0.002' },
      seed: { type: 'string', default: '0' },
      output: { type: 'string', default: defaultOutput },
      resume: { type: 'boolean', default: false },
      threads: { type: 'string' },
      flavour: { type: 'string', default: 'auto' },
      provider: { type: 'string', multiple: true, default: ['cpu'] },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const number = (name: string, text: string, low: number, integer: boolean): number => {
    const value = Number(text);
    if (!(value >= low) || !Number.isFinite(value) || (integer && !Number.isSafeInteger(value))) {
      throw new Error(`--${name} must be ${integer ? 'an integer' : 'a number'} of at least ${low}, got "${text}".`);
    }
    return value;
  };
  const { flavour } = values;
  if (flavour !== 'auto' && flavour !== 'portable' && flavour !== 'tuned')
    throw new Error(`--flavour must be auto, portable or tuned, got "${flavour}".`);
  return {
    epochs: number('epochs', values.epochs, 1, true),
    batchSize: number('batch-size', values['batch-size'], 2, true),
    learningRate: number('learning-rate', values['learning-rate'], 0, false),
    seed: number('seed', values.seed, 0, true),
    output: values.output,
    resume: values.resume,
    threads: values.threads === undefined ? null : number('threads', values.threads, 1, true),
    flavour,
    providers: values.provider,
    smoke: values.smoke,
  };
}
