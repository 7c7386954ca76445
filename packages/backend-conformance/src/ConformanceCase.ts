import type { Backend, DType } from '@delira/core';
import type { Tolerance } from '@delira/testkit';

/** What a case may use. */
export interface CaseContext {
  /** The backend under test; shared by all cases, none disposes it. */
  readonly backend: Backend;
  /** Another one, for cases that dispose it. */
  create(): Promise<Backend>;
  /** The oracle, in float64. */
  readonly reference: Backend;
  tolerance(dtype: DType): Tolerance;
  /** How many buffers, or bytes, the backend holds at the moment; null where nothing can tell. */
  readonly liveBuffers: ((backend: Backend) => number | Promise<number>) | null;
}

/** One behaviour, as data: it passes unless `run` rejects. */
export interface ConformanceCase {
  /** Stable path, such as `primitive/conv/2d-same/float32`. */
  readonly id: string;
  run(context: CaseContext): Promise<void>;
}
