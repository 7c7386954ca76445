import { type Aval, bind, bindAll, type PrimitiveName, type Primitives, type Tensor } from '@delira/core';

type Operands = (feed: (index: number) => Tensor, attrs: object) => readonly Tensor[];

/** Operands that must agree with others, which random numbers would not: they are computed from those. */
const consistent: Readonly<Partial<Record<PrimitiveName, Operands>>> = {
  maxPoolGrad: (feed, attrs) => {
    const x = feed(0);
    return [x, bind('maxPool', [x], attrs as Primitives['maxPool']), feed(2)];
  },
  batchNormGrad: (feed, attrs) => {
    const [x, scale] = [feed(0), feed(1)];
    const [, mean, variance] = bindAll('batchNorm', [x, scale, scale], attrs as Primitives['batchNorm']);
    return [x, scale, mean!, variance!, feed(4)];
  },
};

/** The operands of a sample of `prim`; `feed` gives the tensor for one of its avals and is called for those that are independent. */
export function operandsOf(
  prim: PrimitiveName,
  avals: readonly Aval[],
  attrs: object,
  feed: (index: number) => Tensor,
): readonly Tensor[] {
  return consistent[prim]?.(feed, attrs) ?? avals.map((_, index) => feed(index));
}

/** Records any primitive; attributes are the sample's own. */
export function apply(prim: PrimitiveName, operands: readonly Tensor[], attrs: object): readonly Tensor[] {
  return bindAll(prim, operands, attrs as never);
}
