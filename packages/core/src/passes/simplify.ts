import type { Program } from '../ir/index.js';
import { mergeMovement } from './mergeMovement.js';
import { removeDeadCode } from './removeDeadCode.js';
import { removeDuplicates } from './removeDuplicates.js';

/** Common subexpressions, dead code and movements that undo each other removed; the same results, bit for bit. */
export function simplify(program: Program): Program {
  return removeDeadCode(removeDuplicates(mergeMovement(removeDuplicates(program))));
}
