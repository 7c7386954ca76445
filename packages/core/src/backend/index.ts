export type { Backend, Disposable, Executable, Feeds, Lowering, LoweringTable, StateStore } from './Backend.js';
export { checkFeeds } from './checkFeeds.js';
export { checkSupported } from './checkSupported.js';
