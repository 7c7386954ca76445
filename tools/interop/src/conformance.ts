import { parseArgs } from 'node:util';
import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import { expectedFailures } from './expectedFailures.js';
import { type ConformanceCounts, runConformance } from './runConformance.js';

/** What the program prints as its last line. */
export interface ConformanceResult extends ConformanceCounts {
  readonly flavour: string;
  readonly reason: string;
}

const { values } = parseArgs({ options: { provider: { type: 'string', default: 'cpu' } } });
const { provider } = values;
const create = (): Promise<OnnxBackend> => createOnnxBackend({ providers: [provider], thread: 'inline', threads: 1 });

/** `conformance.js --provider webgpu`: every conformance case of the ONNX engine, in a process whose environment makes the device. */
const main = async (): Promise<ConformanceResult> => {
  const backend = await create();
  const { flavour, reason } = backend.info;
  await backend.dispose();
  const tolerance = { float32: { rtol: 1e-4, atol: 1e-5 } };
  const counts = await runConformance({ create, tolerance }, expectedFailures[provider] ?? []);
  return { flavour, reason, ...counts };
};

process.stdout.write(`${JSON.stringify(await main())}\n`);
