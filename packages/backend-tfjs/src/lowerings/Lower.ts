import type { Lowering, PrimitiveName, Primitives } from '@delira/core';
import type { Value } from '../Value.js';

/** How one primitive is computed with the kernels of an engine. */
export type Lower<P extends PrimitiveName> = Lowering<Primitives[P], Value>;
