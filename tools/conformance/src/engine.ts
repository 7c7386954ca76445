import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MissingPackageError } from '@delira/core';
import { SkippedError } from '@delira/interop/engines';
import { loadCheckpoint } from '@delira/io';
import { engines } from './engines.js';
import { type EngineErrors, NOT_HERE } from './EngineErrors.js';
import { networks } from './networks.js';
import { saveTold } from './Steps.js';
import { resumeSteps, takeSteps } from './takeSteps.js';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: '' },
    folder: { type: 'string', default: '' },
    networks: { type: 'string', default: '' },
    round: { type: 'string', default: '0' },
    threads: { type: 'string', default: '2' },
  },
});

const run = async (): Promise<EngineErrors> => {
  const engine = engines.find(({ name }) => name === values.engine);
  if (engine === undefined) throw new Error(`There is no engine ${values.engine}.`);
  const backend = await engine.create({ threads: Number(values.threads) });
  const round = Number(values.round);
  const errors: Record<string, string> = {};
  for (const index of values.networks.split(',')) {
    const comparison = networks[Number(index)]?.comparison;
    if (comparison === undefined) throw new Error(`There is no network ${index}.`);
    process.stderr.write(`${engine.name}: ${comparison.label}\n`);
    try {
      const { tensors } = await loadCheckpoint(join(values.folder, `reference-${index}-${round}.safetensors`));
      const steps = await takeSteps(comparison, backend, { round });
      const resumed = await resumeSteps(comparison, backend, tensors, { round });
      await saveTold(join(values.folder, `${engine.name}-${index}-${round}.safetensors`), { steps, resumed });
    } catch (error) {
      errors[index] = error instanceof Error ? error.message : String(error);
    }
  }
  await backend.dispose();
  return errors;
};

try {
  process.stdout.write(`${JSON.stringify(await run())}\n`);
} catch (error) {
  if (!(error instanceof SkippedError || error instanceof MissingPackageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = NOT_HERE;
}
