import {
  type Aval,
  DeliraError,
  type DType,
  isFloating,
  type Primitive,
  type PrimitiveName,
  primitives,
  type PrimitiveSample,
} from '@delira/core';

/** A sample of a primitive in one dtype. */
export interface Variant {
  readonly prim: PrimitiveName;
  /** `conv/2d-same/float32` */
  readonly path: string;
  readonly dtype: DType;
  readonly inputs: readonly Aval[];
  readonly outputs: readonly Aval[];
  readonly attrs: object;
  readonly domain?: readonly [number, number];
}

/** Integer operands for which every primitive is defined: no divisor of zero, no power that overflows. */
const integerDomain: Readonly<Partial<Record<PrimitiveName, readonly [number, number]>>> = { div: [1, 8], pow: [1, 4] };

function withDType(attrs: object, dtype: DType): object {
  return 'dtype' in attrs && isFloating(attrs.dtype as DType) ? { ...attrs, dtype } : attrs;
}

function inferred(primitive: Primitive<object>, inputs: readonly Aval[], attrs: object): readonly Aval[] | null {
  try {
    return primitive.infer(inputs, attrs);
  } catch (error) {
    if (error instanceof DeliraError) return null;
    throw error;
  }
}

function* variantsOf(
  prim: PrimitiveName,
  sample: PrimitiveSample<object>,
  dtypes: ReadonlySet<DType>,
): Generator<Variant> {
  const primitive = primitives[prim] as Primitive<object>;
  const declared = primitive.infer(sample.inputs, sample.attrs);
  const floating = [...sample.inputs, ...declared].some(({ dtype }) => isFloating(dtype));
  const replaced = (to: DType): readonly Aval[] =>
    sample.inputs.map(({ shape, dtype }) => ({ shape, dtype: isFloating(dtype) ? to : dtype }));
  const variant = (dtype: DType, inputs: readonly Aval[], outputs: readonly Aval[], attrs: object): Variant => {
    const domain = dtype === 'int32' && floating ? (integerDomain[prim] ?? ([-4, 5] as const)) : sample.domain;
    const path = `${prim}/${sample.id}/${dtype}`;
    return { prim, path, dtype, inputs, outputs, attrs, ...(domain === undefined ? {} : { domain }) };
  };
  if (!floating) {
    const dtype = sample.inputs.every((input) => input.dtype === 'bool') ? 'bool' : 'int32';
    yield variant(dtype, sample.inputs, declared, sample.attrs);
    return;
  }
  for (const dtype of ['float32', 'float64'] as const) {
    if (!dtypes.has(dtype)) continue;
    const attrs = withDType(sample.attrs, dtype);
    yield variant(dtype, replaced(dtype), primitive.infer(replaced(dtype), attrs), attrs);
  }
  if (!dtypes.has('int32') || !sample.inputs.some(({ dtype }) => isFloating(dtype)) || prim === 'cast') return;
  const outputs = inferred(primitive, replaced('int32'), sample.attrs);
  if (outputs !== null) yield variant('int32', replaced('int32'), outputs, sample.attrs);
}

/** Every sample of every primitive, in each dtype of the backend that the primitive takes. */
export function allVariants(dtypes: ReadonlySet<DType>): readonly Variant[] {
  return (Object.keys(primitives) as PrimitiveName[]).flatMap((prim) =>
    (primitives[prim].samples as readonly PrimitiveSample<object>[]).flatMap((sample) => [
      ...variantsOf(prim, sample, dtypes),
    ]),
  );
}
