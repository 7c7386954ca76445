import { numberOption } from '@delira/program';
import { parseArgs } from 'node:util';

/** The short run: seconds long, and still far enough for the trained weights to pay. */
const SMOKE = { digits: '1800', testDigits: '400', perClass: '5', epochs: '8', batchSize: '16', gain: 0.05 } as const;

export const help = `Trains ResNet18 on the digits 0 to 5, then adapts it to the digits 6 to 9 with few images, beside a network
that starts from random weights.

  npm run fine-tuning -- [options]

  --per-class N       images of each new class (default 10)
  --epochs N          epochs of the adaptation (default 15)
  --weights FILE      adapt these weights (safetensors, names as in torchvision) instead of pre-training
  --digits N          digits to pre-train on and to take the new classes from (default 20000)
  --test-digits N     digits to test on (default 2000)
  --batch-size N      samples per step of the pre-training (default 64)
  --output DIR        weights, picture, checkpoint (default examples/fine-tuning/output)
  --resume            go on with a pre-training that was interrupted, with the same options as before
  --threads N         threads of the engine (default: all cores)
  --smoke             a short run in DIR/smoke that fails unless fine-tuning wins: for CI
  --help
`;

export interface Options {
  readonly perClass: number;
  readonly epochs: number;
  /** Null: pre-train. */
  readonly weights: string | null;
  readonly digits: number;
  readonly testDigits: number;
  readonly batchSize: number;
  readonly output: string;
  readonly resume: boolean;
  /** Null: as many as there are cores. */
  readonly threads: number | null;
  /** By how much fine-tuning must be more accurate; −Infinity: by nothing. */
  readonly requiredGain: number;
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaultOutput: string): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'per-class': { type: 'string' },
      epochs: { type: 'string' },
      weights: { type: 'string' },
      digits: { type: 'string' },
      'test-digits': { type: 'string' },
      'batch-size': { type: 'string' },
      output: { type: 'string' },
      resume: { type: 'boolean', default: false },
      threads: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const { smoke } = values;
  type Count = 'per-class' | 'epochs' | 'digits' | 'test-digits' | 'batch-size';
  const count = (name: Count, least: number, short: string, full: string): number =>
    numberOption(name, values[name] ?? (smoke ? short : full), { least });
  return {
    perClass: count('per-class', 1, SMOKE.perClass, '10'),
    epochs: count('epochs', 1, SMOKE.epochs, '15'),
    weights: values.weights ?? null,
    digits: count('digits', 200, SMOKE.digits, '20000'),
    testDigits: count('test-digits', 100, SMOKE.testDigits, '2000'),
    batchSize: count('batch-size', 2, SMOKE.batchSize, '64'),
    output: values.output ?? (smoke ? `${defaultOutput}/smoke` : defaultOutput),
    resume: values.resume,
    threads: values.threads === undefined ? null : numberOption('threads', values.threads, { least: 1 }),
    requiredGain: smoke ? SMOKE.gain : -Infinity,
  };
}
