import type { Backend } from '@delira/core';
import { errorCases } from './cases/errorCases.js';
import { lifecycleCases } from './cases/lifecycleCases.js';
import { literalCases } from './cases/literalCases.js';
import { noiseCases } from './cases/noiseCases.js';
import { noRecompileCases } from './cases/noRecompileCases.js';
import { primitiveCases } from './cases/primitiveCases.js';
import { stateCases } from './cases/stateCases.js';
import { stepCases } from './cases/stepCases.js';
import { stepsPerCallCases } from './cases/stepsPerCallCases.js';
import { vjpCases } from './cases/vjpCases.js';
import type { ConformanceCase } from './ConformanceCase.js';

export interface CaseSelection {
  /** Decides about gradients and training steps, and about dtypes. */
  readonly capabilities: Backend['capabilities'];
  /** The backend is the reference itself: its gradients are compared with finite differences. Default false. */
  readonly oracle?: boolean;
  /** The backend can count its live buffers. Default false. */
  readonly counted?: boolean;
}

/** Every case that applies to a backend, in a fixed order. */
export function conformanceCases({
  capabilities,
  oracle = false,
  counted = false,
}: CaseSelection): readonly ConformanceCase[] {
  const { dtypes, training } = capabilities;
  const cases = [
    ...primitiveCases(dtypes),
    ...literalCases(dtypes),
    ...stateCases(training),
    ...noiseCases(),
    ...lifecycleCases({ training, counted }),
    ...errorCases(),
  ];
  if (!training) return cases;
  return [...cases, ...vjpCases(dtypes, oracle), ...stepCases(), ...stepsPerCallCases(), ...noRecompileCases()];
}
