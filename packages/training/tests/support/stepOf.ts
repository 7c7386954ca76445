import type { Loader } from '@delira/data-loading';

/** At which step, from 0, the first epoch trains on a sample. */
export async function stepOf(loader: Loader, sample: number): Promise<number> {
  let step = 0;
  for await (const { indices } of loader.epoch(0)) {
    if (indices.includes(sample)) return step;
    step++;
  }
  throw new Error(`Sample ${sample} is not in the first epoch.`);
}
