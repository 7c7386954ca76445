import { writeFileAtomic } from '@delira/io';
import { type Surroundings } from '@delira/program';
import { join, relative } from 'node:path';
import { drawCurves } from './drawCurves.js';
import type { Options } from './options.js';
import { readSlices } from './readSlices.js';
import { train, type Trained } from './train.js';

/** Largest difference of two losses of the same epoch, relative to the second. */
export function largestDifference(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return Infinity;
  return Math.max(...right.map((loss, epoch) => Math.abs((left[epoch] ?? NaN) - loss) / Math.abs(loss)));
}

const formatLosses = (losses: readonly number[]): string => losses.map((loss) => loss.toFixed(6)).join('  ');

/** Trains on both engines, swaps their checkpoints, and gives the exit code. */
export async function run(options: Options, { print }: Surroundings): Promise<number> {
  const { engines, epochs, steps, seed, output, tolerance } = options;
  const [one, other] = engines;
  const slices = await readSlices();
  const trained = (engine: (typeof engines)[number], folder: string, resume?: Trained): Promise<Trained> =>
    train({
      engine,
      slices,
      steps,
      seed,
      folder: join(output, folder),
      ...(resume === undefined ? { epochs } : { epochs: epochs + 1, resume: resume.checkpoint }),
    });

  print(`${epochs} epochs of ${steps} steps on each engine, from seed ${seed}. Mean loss of each epoch:\n\n`);
  const width = Math.max(...engines.map(({ length }) => length));
  const both: Trained[] = [];
  for (const [index, engine] of engines.entries()) {
    const result = await trained(engine, `${index + 1}-${engine}`);
    both.push(result);
    print(
      `${engine.padEnd(width)}  ${formatLosses(result.losses)}  (${result.millisecondsPerStep.toFixed(0)} ms a step)\n`,
    );
  }
  const [first, second] = both as [Trained, Trained];
  const difference = largestDifference(second.losses, first.losses);
  print(`\nlargest difference: ${difference.toExponential(1)} of the loss\n`);

  print(`\nOne more epoch, with the checkpoint of ${one}:\n\n`);
  const stayed = await trained(one, `3-${one}-from-${one}`, first);
  const swapped = await trained(other, `4-${other}-from-${one}`, first);
  print(
    `${one.padEnd(width)}  ${formatLosses(stayed.losses)}\n${other.padEnd(width)}  ${formatLosses(swapped.losses)}\n`,
  );
  const afterwards = largestDifference(swapped.losses, stayed.losses);
  print(`\ndifference after the swap: ${afterwards.toExponential(1)} of the loss\n`);

  const picture = join(output, 'curves.svg');
  const curves = [
    { name: `${one} throughout`, losses: [...first.losses, ...stayed.losses], color: '#c0392b' },
    { name: `${other}, last epoch from ${one}`, losses: [...second.losses, ...swapped.losses], color: '#2450a0' },
  ] as const;
  await writeFileAtomic(picture, drawCurves([curves[0], { ...curves[1], dashed: true }]));
  print(`curves: ${relative(process.cwd(), picture)}\n`);
  const largest = Math.max(difference, afterwards);
  if (largest <= tolerance) return 0;
  throw new Error(`The engines differ by ${largest} of the loss; at most ${tolerance} was expected.`);
}
