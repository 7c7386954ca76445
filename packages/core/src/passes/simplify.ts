import type { Program } from '../ir/index.js';
import { removeDeadCode } from './removeDeadCode.js';
import { removeDuplicates } from './removeDuplicates.js';

/** Common subexpressions and dead code removed; the same results. Idempotent. */
export function simplify(program: Program): Program {
  return removeDeadCode(removeDuplicates(program));
}
