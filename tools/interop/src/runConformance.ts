import {
  checkExpectedFailures,
  conformanceCases,
  type ContextOptions,
  createContext,
  type ExpectedFailure,
  runCase,
} from '@delira/backend-conformance';

/** How the cases of one backend went. */
export interface ConformanceCounts {
  readonly passed: number;
  /** Of those, cases that failed as they are known to. */
  readonly expected: number;
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

/** Runs every conformance case that applies to a backend, whatever becomes of the others. */
export async function runConformance(
  options: ContextOptions,
  xfail: readonly ExpectedFailure[],
): Promise<ConformanceCounts> {
  const context = await createContext(options);
  const { capabilities } = context.backend;
  const cases = conformanceCases({ capabilities, counted: options.liveBuffers !== undefined });
  const expected = checkExpectedFailures(cases, xfail);
  const failed: { id: string; message: string }[] = [];
  for (const conformance of cases) {
    try {
      await runCase(conformance, context, expected.get(conformance.id));
    } catch (error) {
      failed.push({ id: conformance.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  await context.backend.dispose();
  return { passed: cases.length - failed.length, expected: expected.size, failed };
}
