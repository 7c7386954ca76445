import type { Backend, DType } from '@delira/core';
import { createReferenceBackend } from '@delira/backend-reference';
import type { Tolerance } from '@delira/testkit';
import type { CaseContext } from './ConformanceCase.js';

export interface ContextOptions {
  readonly create: () => Backend | Promise<Backend>;
  /** By dtype; default float32 rtol 1e-5, atol 1e-6; float64 rtol 1e-12, atol 1e-12. */
  readonly tolerance?: Readonly<Partial<Record<DType, Tolerance>>>;
  /** How many buffers (or bytes) are live, once all work has settled; default: the cases that need it are left out. */
  readonly liveBuffers?: (backend: Backend) => number | Promise<number>;
}

const defaults: Readonly<Partial<Record<DType, Tolerance>>> = {
  float32: { rtol: 1e-5, atol: 1e-6 },
  float64: { rtol: 1e-12, atol: 1e-12 },
};

/** The context all cases of one backend share; the backend is made here and must be disposed by the caller. */
export async function createContext({ create, tolerance = {}, liveBuffers }: ContextOptions): Promise<CaseContext> {
  return {
    backend: await create(),
    create: async () => create(),
    reference: createReferenceBackend(),
    tolerance: (dtype) => tolerance[dtype] ?? defaults[dtype] ?? { rtol: 0, atol: 0 },
    liveBuffers: liveBuffers ?? null,
  };
}
