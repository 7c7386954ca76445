import { afterAll, describe, it } from 'vitest';
import { conformanceCases } from '../conformanceCases.js';
import { type ContextOptions, createContext } from '../createContext.js';
import { checkExpectedFailures, type ExpectedFailure, runCase } from '../ExpectedFailure.js';

export interface DescribeBackendOptions extends ContextOptions {
  /** Title of the suite. */
  readonly name: string;
  /** Cases that are known to fail: each must exist, and must fail. */
  readonly xfail?: readonly ExpectedFailure[];
  /** For the reference itself: its gradients are compared with finite differences. Default false. */
  readonly oracle?: boolean;
}

/** Declares a vitest suite of every conformance case that applies to a backend; case ids are the test names. */
export function describeBackend(options: DescribeBackendOptions): void {
  const { name, xfail = [], oracle = false, liveBuffers } = options;
  describe(`conformance of ${name}`, async () => {
    // Which cases there are depends on the backend's capabilities: it has to exist before they are collected.
    const context = await createContext(options);
    const { capabilities } = context.backend;
    const cases = conformanceCases({ capabilities, oracle, counted: liveBuffers !== undefined });
    const expected = checkExpectedFailures(cases, xfail);
    afterAll(() => context.backend.dispose());
    for (const conformance of cases) {
      const failure = expected.get(conformance.id);
      it(failure === undefined ? conformance.id : `${conformance.id} (expected failure: ${failure.reason})`, () =>
        runCase(conformance, context, failure),
      );
    }
  });
}
