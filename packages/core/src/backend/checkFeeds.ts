import { InputError } from '../errors/index.js';
import { didYouMean } from '../errors/index.js';
import { formatShape, sameShape } from '../ndarray/index.js';
import type { Program } from '../ir/index.js';
import type { Feeds } from './Backend.js';

/**
 * Checks what a run is given against what the Program takes; the same for every backend.
 *
 * @throws InputError naming the entry, what was given and what was expected.
 */
export function checkFeeds(program: Program, { batch = {}, hyper = {}, seed }: Feeds): void {
  for (const [name, id] of Object.entries(program.feeds)) {
    const { dtype, shape } = program.avals[id]!;
    const array = batch[name];
    if (array === undefined)
      throw new InputError(
        `Program "${program.name}" takes the batch entry "${name}", but the batch has: ${Object.keys(batch).join(', ') || 'none'}.${didYouMean(name, Object.keys(batch))}`,
      );
    if (array.dtype !== dtype)
      throw new InputError(
        `Batch entry "${name}" is ${array.dtype}; program "${program.name}" takes ${dtype}. Cast it.`,
      );
    if (!sameShape(array.shape, shape)) {
      throw new InputError(
        `Batch entry "${name}" has shape ${formatShape(array.shape)}; program "${program.name}" was compiled for ${formatShape(shape)}. Compile it for this shape, or pad the batch.`,
      );
    }
  }
  for (const name of Object.keys(program.hyper)) {
    const value = hyper[name];
    if (value === undefined)
      throw new InputError(
        `Program "${program.name}" takes the hyper "${name}", but got: ${Object.keys(hyper).join(', ') || 'none'}. Pass it in feeds.hyper.`,
      );
    if (typeof value !== 'number') throw new InputError(`The hyper "${name}" must be a number, got ${typeof value}.`);
  }
  if (Object.keys(program.noise).length > 0 && seed === undefined) {
    throw new InputError(
      `Program "${program.name}" draws noise (${Object.keys(program.noise).join(', ')}). Pass feeds.seed = [seed, step].`,
    );
  }
}
