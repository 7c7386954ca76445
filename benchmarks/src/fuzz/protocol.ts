import type { Outcome } from './readDamaged.js';

/** What the process that reads damaged inputs says: that it is ready, and what became of each of them. */
export type FuzzReply =
  | { readonly started: true }
  | (Outcome & { readonly index: number; readonly milliseconds: number; readonly peakBytes: number });
