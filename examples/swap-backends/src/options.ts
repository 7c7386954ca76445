import { didYouMean } from '@delira/core';
import { numberOption } from '@delira/program';
import { parseArgs } from 'node:util';
import { type EngineName, engineNames } from './engines.js';

const FULL = { epochs: '4', steps: '12' } as const;
const SMOKE = { epochs: '1', steps: '4' } as const;

export const help = `Trains the same U-Net on two engines from the same seed, and lets each go on with the other one's checkpoint.

  npm run swap-backends -- [options]

  --engines A,B   two of ${engineNames.join(', ')} (default onnx-training,tfjs-wasm)
  --epochs N      before the swap; one more follows it (default ${FULL.epochs})
  --steps N       per epoch (default ${FULL.steps})
  --seed N        of weights, slices and order (default 0)
  --output DIR    checkpoints and curves (default examples/swap-backends/output)
  --smoke         a short run that fails unless both engines agree: for CI
  --help
`;

export interface Options {
  readonly engines: readonly [EngineName, EngineName];
  readonly epochs: number;
  readonly steps: number;
  readonly seed: number;
  readonly output: string;
  /** Largest relative difference of a loss above which the run counts as failed. */
  readonly tolerance: number;
}

function enginesOf(text: string): Options['engines'] {
  const names = text.split(',');
  for (const name of names)
    if (!engineNames.some((engine) => engine === name))
      throw new Error(
        `There is no engine "${name}".${didYouMean(name, engineNames)} --engines takes two of ${engineNames.join(', ')}.`,
      );
  const [first, second, ...others] = names as EngineName[];
  if (first === undefined || second === undefined || others.length > 0)
    throw new Error(`--engines takes two names, such as onnx-training,tfjs-wasm; got "${text}".`);
  return [first, second];
}

/** Gives null when help was asked for. @throws Error naming the option. */
export function parseOptions(args: readonly string[], defaultOutput: string): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engines: { type: 'string', default: 'onnx-training,tfjs-wasm' },
      epochs: { type: 'string' },
      steps: { type: 'string' },
      seed: { type: 'string', default: '0' },
      output: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const defaults = values.smoke ? SMOKE : FULL;
  return {
    engines: enginesOf(values.engines),
    epochs: numberOption('epochs', values.epochs ?? defaults.epochs, { least: 1 }),
    steps: numberOption('steps', values.steps ?? defaults.steps, { least: 1 }),
    seed: numberOption('seed', values.seed, { least: 0 }),
    output: values.output ?? (values.smoke ? `${defaultOutput}/smoke` : defaultOutput),
    tolerance: values.smoke ? 1e-3 : Infinity,
  };
}
