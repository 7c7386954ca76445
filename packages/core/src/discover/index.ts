export { findBackends, type FindOptions, type InstalledBackend } from './findBackends.js';
export { type KnownBackend, knownBackends } from './knownBackends.js';
export { resolveBackend, type ResolveOptions } from './resolveBackend.js';
