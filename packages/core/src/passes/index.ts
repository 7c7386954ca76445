export { decompose } from './decompose.js';
export { estimateMemory, type MemoryEstimate } from './estimateMemory.js';
export { mergeMovement } from './mergeMovement.js';
export { removeDeadCode } from './removeDeadCode.js';
export { removeDuplicates } from './removeDuplicates.js';
export { selectOutputs } from './selectOutputs.js';
export { simplify } from './simplify.js';
export { verify } from './verify.js';
