import type { Lowering, PrimitiveName, Primitives } from '@delira/core';
import type { Value } from '../Value.js';

/** How the interpreter computes one primitive. */
export type Lower<P extends PrimitiveName> = Lowering<Primitives[P], Value>;
