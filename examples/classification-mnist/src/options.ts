import { numberOption } from '@delira/program';
import { parseArgs } from 'node:util';

/** The short run: it takes seconds, and what it must reach is far from guessing, which is right in a tenth of cases. */
const SMOKE = { digits: '1024', testDigits: '500', batchSize: '16', accuracy: 0.6 } as const;

export const help = `Trains ResNet18 on the 60,000 MNIST digits, tests it on the 10,000, and exports it.

  npm run demo -- [options]

  --epochs N          epochs in all (default 1)
  --batch-size N      samples per step (default 64)
  --learning-rate X   largest value of the one-cycle schedule (default 0.002)
  --seed N            seed of weights and order (default 0)
  --output DIR        checkpoint, model, metrics (default examples/classification-mnist/output)
  --resume            go on from the checkpoint in DIR, with the same options as before, to the
                      same weights, bit for bit, that an uninterrupted run gives
  --digits N          digits to train on (default: all)
  --test-digits N     digits to test on (default: all)
  --threads N         threads of the engine (default: all cores)
  --flavour NAME      auto, portable or tuned (default auto)
  --provider NAME     cpu, webgpu, cuda … (default cpu; may be repeated)
  --smoke             a run of ${SMOKE.digits} digits in DIR/smoke that fails below ${100 * SMOKE.accuracy} % accuracy: for CI
  --help
`;

export interface Options {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly output: string;
  readonly resume: boolean;
  /** Infinity: all there are. */
  readonly digits: number;
  readonly testDigits: number;
  /** Null: as many as there are cores. */
  readonly threads: number | null;
  readonly flavour: 'auto' | 'portable' | 'tuned';
  readonly providers: readonly string[];
  /** Accuracy on the test digits below which the run counts as failed. */
  readonly requiredAccuracy: number;
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaultOutput: string): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: 'string', default: '1' },
      'batch-size': { type: 'string' },
      'learning-rate': { type: 'string', default: '0.002' },
      seed: { type: 'string', default: '0' },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      digits: { type: 'string' },
      'test-digits': { type: 'string' },
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
  const limit = (name: 'digits' | 'test-digits', smokeLimit: string): number => {
    const text = values[name] ?? (smoke ? smokeLimit : undefined);
    return text === undefined ? Infinity : numberOption(name, text, { least: 2 });
  };
  return {
    epochs: numberOption('epochs', values.epochs, { least: 1 }),
    batchSize: numberOption('batch-size', values['batch-size'] ?? (smoke ? SMOKE.batchSize : '64'), { least: 2 }),
    learningRate: numberOption('learning-rate', values['learning-rate'], { least: 0, integer: false }),
    seed: numberOption('seed', values.seed, { least: 0 }),
    output: values.output ?? (smoke ? `${defaultOutput}/smoke` : defaultOutput),
    resume: values.resume,
    digits: limit('digits', SMOKE.digits),
    testDigits: limit('test-digits', SMOKE.testDigits),
    threads: values.threads === undefined ? null : numberOption('threads', values.threads, { least: 1 }),
    flavour,
    providers: values.provider,
    requiredAccuracy: smoke ? SMOKE.accuracy : 0,
  };
}
