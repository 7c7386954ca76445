import { type Backend, namedVariables } from '@delira/core';
import { DataLoader, type Dataset } from '@delira/data-loading';
import { writeFileAtomic, writeSafetensors } from '@delira/io';
import { accuracy } from '@delira/metrics';
import { crossEntropyLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { scale } from './digits.js';
import { Judge } from './Judge.js';

/** Trains the judge for one epoch and saves its weights; gives the signal that ended it early, or null. */
export async function trainJudge(backend: Backend, digits: Dataset, path: string): Promise<NodeJS.Signals | null> {
  const network = new Judge();
  const sampler = new RandomSampler(digits, { seed: 1 });
  const train = new DataLoader({ dataset: digits, batchSize: 32, sampler, dropLast: true, transform: scale });
  const trainer = new Trainer({
    network,
    backend,
    optimizers: { default: adam({ lr: 3e-3 }) },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [accuracy()],
  });
  try {
    const { signal } = await trainer.fit({ train }, { epochs: 1 });
    if (signal !== null) return signal;
    const weights = await (await trainer.state()).read([...namedVariables(network).keys()]);
    await writeFileAtomic(path, writeSafetensors(weights));
    return null;
  } finally {
    await trainer.dispose();
  }
}
