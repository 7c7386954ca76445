export { createBackend } from './createBackend.js';
export { createNullBackend } from './createNullBackend.js';
export { createReferenceBackend } from './createReferenceBackend.js';
export { lowerings } from './lowerings/lowerings.js';
