export { createBackend } from './createBackend.js';
export { createNullBackend } from './createNullBackend.js';
export { createReferenceBackend } from './createReferenceBackend.js';
