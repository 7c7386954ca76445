import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Backend, MissingPackageError, type NDArray } from '@delira/core';
import { SkippedError } from '@delira/interop/engines';
import type { Comparison } from '@delira/interop/models';
import { loadCheckpoint } from '@delira/io';
import { engines } from './engines.js';
import { type EngineReport, NOT_HERE } from './EngineReport.js';
import { networks } from './networks.js';
import { saveTold, type Trained } from './Steps.js';
import { openTraining, predict } from './takeSteps.js';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: '' },
    folder: { type: 'string', default: '' },
    networks: { type: 'string', default: '' },
    round: { type: 'string', default: '0' },
    threads: { type: 'string', default: '2' },
  },
});

const round = Number(values.round);

async function train(
  comparison: Comparison,
  backend: Backend,
  checkpoint: ReadonlyMap<string, NDArray>,
): Promise<Trained> {
  const training = await openTraining(comparison, backend, { round });
  const trained = { steps: await training.takeSteps(), resumed: await training.resume(checkpoint) };
  await training.dispose();
  return trained;
}

const run = async (): Promise<EngineReport> => {
  const engine = engines.find(({ name }) => name === values.engine);
  if (engine === undefined) throw new Error(`There is no engine ${values.engine}.`);
  const backend = await engine.create({ threads: Number(values.threads) });
  const report: Record<string, { seconds: number; error?: string }> = {};
  for (const index of values.networks.split(',')) {
    const comparison = networks[Number(index)]?.comparison;
    if (comparison === undefined) throw new Error(`There is no network ${index}.`);
    process.stderr.write(`${engine.name}: ${comparison.label}\n`);
    const begin = performance.now();
    const seconds = (): number => Number(((performance.now() - begin) / 1000).toPrecision(3));
    try {
      const { tensors } = await loadCheckpoint(join(values.folder, `reference-${index}-${round}.safetensors`));
      const trained = backend.capabilities.training ? await train(comparison, backend, tensors) : null;
      const predictions = await predict(comparison, backend, tensors, { round });
      await saveTold(join(values.folder, `${engine.name}-${index}-${round}.safetensors`), { trained, predictions });
      report[index] = { seconds: seconds() };
    } catch (error) {
      report[index] = { seconds: seconds(), error: error instanceof Error ? error.message : String(error) };
    }
  }
  await backend.dispose();
  return report;
};

try {
  process.stdout.write(`${JSON.stringify(await run())}\n`);
} catch (error) {
  if (!(error instanceof SkippedError || error instanceof MissingPackageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = NOT_HERE;
}
