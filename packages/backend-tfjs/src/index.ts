export { createTfjsBackend, createTfjsBackend as createBackend, type TfjsBackendOptions } from './createTfjsBackend.js';
export { type EngineName, engineNames } from './engines/EngineName.js';
export { lowerings } from './supportTable.js';
export { TfjsBackend, type TfjsInfo, type TfjsUsage } from './TfjsBackend.js';
