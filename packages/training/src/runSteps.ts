import type { Executable, Feeds, NonFiniteOutputError, Sample, StateStore } from '@delira/core';

export interface StepsRun {
  /** Of each good step. */
  readonly outputs: readonly Sample[];
  /** What was wrong with the step after them; null when all were good. */
  readonly failure: NonFiniteOutputError | null;
}

/**
 * Runs steps in one call. If one gives a number that is not finite, the engine has written nothing: the good steps before it are done
 * again, so that the state is that of the last good one.
 */
export async function runSteps(
  executable: Executable,
  state: StateStore,
  feeds: readonly Feeds[],
  finite: readonly string[],
): Promise<StepsRun> {
  try {
    return { outputs: await executable.run(state, feeds, { finite }), failure: null };
  } catch (error) {
    if (!isNonFinite(error)) throw error;
    const good = feeds.slice(0, error.step);
    return { outputs: good.length === 0 ? [] : await executable.run(state, good), failure: error };
  }
}

/** By its code: a backend may bring a copy of core of its own. */
function isNonFinite(error: unknown): error is NonFiniteOutputError {
  return error instanceof Error && 'code' in error && error.code === 'NON_FINITE_OUTPUT';
}
