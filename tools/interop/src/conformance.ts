import { createOnnxBackend, type OnnxBackend } from '@delira/backend-onnx-training';
import { checkExpectedFailures, conformanceCases, createContext, runCase } from '@delira/backend-conformance';
import { parseArgs } from 'node:util';
import { expectedFailures } from './expectedFailures.js';

/** What the program prints as its last line. */
export interface ConformanceResult {
  readonly flavour: string;
  readonly reason: string;
  readonly passed: number;
  /** Of those, cases that failed as they are known to. */
  readonly expected: number;
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

const { values } = parseArgs({ options: { provider: { type: 'string', default: 'cpu' } } });
const { provider } = values;
const create = (): Promise<OnnxBackend> => createOnnxBackend({ providers: [provider], thread: 'inline', threads: 1 });

/** `conformance.js --provider webgpu`: every conformance case of the ONNX engine, in a process whose environment makes the device. */
const main = async (): Promise<ConformanceResult> => {
  const { info } = await create();
  const context = await createContext({ create, tolerance: { float32: { rtol: 1e-4, atol: 1e-5 } } });
  const cases = conformanceCases({ capabilities: context.backend.capabilities });
  const expected = checkExpectedFailures(cases, expectedFailures[provider] ?? []);
  const failed: { id: string; message: string }[] = [];
  for (const conformance of cases) {
    try {
      await runCase(conformance, context, expected.get(conformance.id));
    } catch (error) {
      failed.push({ id: conformance.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  await context.backend.dispose();
  return {
    flavour: info.flavour,
    reason: info.reason,
    passed: cases.length - failed.length,
    expected: expected.size,
    failed,
  };
};

process.stdout.write(`${JSON.stringify(await main())}\n`);
