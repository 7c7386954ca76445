import { createOnnxBackend } from '@delira/backend-onnx-training';
import { largestRelative, overBatches } from './differences.js';
import { resnet18On } from './models/resnet18.js';
import { gradientsHere } from './training/trainHere.js';

/** What the program prints as its last line. */
export interface FlavourResult {
  readonly flavour: string;
  readonly reason: string;
  /** Relative difference of the two flavours' losses. */
  readonly loss: number;
  /** Relative L2 difference of the parameter's gradients that differ most, in the batch where they differ least. */
  readonly gradient: number;
  readonly worst: string;
}

/** ResNet18's loss and gradients in the flavour that this CPU gets, and in the portable one. */
const main = async (): Promise<FlavourResult> => {
  const comparison = resnet18On([4, 1, 32, 32]);
  const batches = await comparison.batches(3);
  const run = async (flavour: 'auto' | 'portable') => {
    const backend = await createOnnxBackend({ flavour, thread: 'inline', threads: 1 });
    const result = { info: backend.info, batches: await gradientsHere(comparison, backend, batches) };
    await backend.dispose();
    return result;
  };
  const [tuned, portable] = [await run('auto'), await run('portable')];
  const worst = overBatches(
    tuned.batches.map(({ gradients }) => gradients),
    portable.batches.map(({ gradients }) => gradients),
  );
  return {
    flavour: tuned.info.flavour,
    reason: tuned.info.reason,
    loss: largestRelative(
      tuned.batches.flatMap(({ losses }) => losses),
      portable.batches.flatMap(({ losses }) => losses),
    ),
    gradient: worst.best,
    worst: worst.name,
  };
};

process.stdout.write(`${JSON.stringify(await main())}\n`);
