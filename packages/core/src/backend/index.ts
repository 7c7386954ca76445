export type {
  Backend,
  CreateStateOptions,
  Disposable,
  Executable,
  Feeds,
  Lowering,
  LoweringTable,
  RunOptions,
  StateStore,
} from './Backend.js';
export { checkFeeds } from './checkFeeds.js';
export { checkFinite } from './checkFinite.js';
export { checkSupported, type SupportTable } from './checkSupported.js';
