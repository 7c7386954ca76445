import type { EngineHost } from '../engine/EngineHost.js';

/** The host's requests, wherever it lives: in this thread, or behind messages in a worker or another process. */
export type EngineClient = Pick<
  EngineHost,
  | 'compile'
  | 'createState'
  | 'dispose'
  | 'disposeProgram'
  | 'disposeState'
  | 'info'
  | 'model'
  | 'readState'
  | 'run'
  | 'usage'
  | 'writeState'
>;
