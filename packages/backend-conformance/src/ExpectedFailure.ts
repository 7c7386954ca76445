import { ArgumentError, didYouMean } from '@delira/core';
import type { CaseContext, ConformanceCase } from './ConformanceCase.js';

/** A case a backend is known to fail. */
export interface ExpectedFailure {
  /** The exact id of a case. */
  readonly case: string;
  /** Why it fails, for readers. */
  readonly reason: string;
}

/** @throws ArgumentError for an id that no case has, or that is listed twice. */
export function checkExpectedFailures(
  cases: readonly ConformanceCase[],
  expected: readonly ExpectedFailure[],
): ReadonlyMap<string, ExpectedFailure> {
  const ids = new Set(cases.map(({ id }) => id));
  const byId = new Map<string, ExpectedFailure>();
  for (const failure of expected) {
    if (!ids.has(failure.case))
      throw new ArgumentError(
        `There is no conformance case "${failure.case}".${didYouMean(failure.case, ids)} Correct or remove it from xfail.`,
      );
    if (byId.has(failure.case))
      throw new ArgumentError(`The case "${failure.case}" is listed twice in xfail. Remove one of them.`);
    byId.set(failure.case, failure);
  }
  return byId;
}

/** Runs a case; one that is expected to fail must fail. @throws whatever the case throws, or Error for an unexpected pass. */
export async function runCase(
  conformance: ConformanceCase,
  context: CaseContext,
  expected?: ExpectedFailure,
): Promise<void> {
  if (expected === undefined) {
    await conformance.run(context);
    return;
  }
  let failed = false;
  try {
    await conformance.run(context);
  } catch {
    failed = true;
  }
  if (!failed)
    throw new Error(
      `${conformance.id} passes, though it is expected to fail (${expected.reason}). Remove it from xfail.`,
    );
}
