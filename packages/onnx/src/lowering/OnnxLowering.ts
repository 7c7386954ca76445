import type { Aval, PrimitiveName, Primitives } from '@delira/core';
import type { GraphBuilder, OnnxValue } from './GraphBuilder.js';

/** Emits the ONNX operators of one primitive; gives its outputs in the shapes of `out`. */
export type OnnxLowering<A> = (
  graph: GraphBuilder,
  inputs: readonly OnnxValue[],
  attrs: A,
  out: readonly Aval[],
) => readonly OnnxValue[];

/** Exhaustive over the primitives, so the compiler says what is missing. */
export type OnnxLoweringTable = {
  readonly [P in PrimitiveName]: OnnxLowering<Primitives[P]> | 'decompose' | { readonly unsupported: string };
};
