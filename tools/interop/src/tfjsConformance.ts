import { parseArgs } from 'node:util';
import { createTfjsBackend, type EngineName, type TfjsBackend } from '@delira/backend-tfjs';
import { expectedFailures } from './expectedFailures.js';
import { type ConformanceCounts, runConformance } from './runConformance.js';

/** What the program prints as its last line. */
export interface TfjsConformanceResult extends ConformanceCounts {
  readonly engine: string;
  /** Of TensorFlow.js. */
  readonly version: string;
}

const { values } = parseArgs({ options: { engine: { type: 'string', default: 'wasm' } } });
const engine = values.engine as EngineName;

/** `tfjsConformance.js --engine webgpu`: every conformance case, in a process that finds the engine. */
const main = async (): Promise<TfjsConformanceResult> => {
  const create = (): Promise<TfjsBackend> => createTfjsBackend({ engine });
  const backend = await create();
  const { version } = backend.info;
  await backend.dispose();
  const counts = await runConformance(
    {
      create,
      tolerance: { float32: { rtol: 1e-5, atol: 1e-6 } },
      liveBuffers: (made) => (made as TfjsBackend).usage().tensors,
    },
    expectedFailures[engine.startsWith('tfjs-') ? engine : `tfjs-${engine}`] ?? [],
  );
  return { engine, version, ...counts };
};

process.stdout.write(`${JSON.stringify(await main())}\n`);
