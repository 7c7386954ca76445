import { type DType, isFloating, type NDArray, ndarray, sizeOf, type Tensor, trace } from '@delira/core';
import { expectClose } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { rounded, toleranceFor } from '../support/compareRuns.js';
import { apply, operandsOf } from '../support/operands.js';
import { runProgram } from '../support/runProgram.js';
import { integers, type LiteralArray, type LiteralCase, specialValues, tiedPooling } from './specialValues.js';

function arrayOf({ values, shape = [values.length], dtype }: LiteralArray, floating: DType): NDArray {
  return ndarray(values, shape, dtype ?? floating);
}

async function run(
  { prim, inputs, attrs = {}, expected, signed }: LiteralCase,
  dtype: DType,
  context: CaseContext,
): Promise<void> {
  const arrays = inputs.map((input) => arrayOf(input, dtype));
  const program = trace((recording) => {
    const feed = (index: number): Tensor => recording.feed(`x${index}`, arrays[index]!);
    return { y: apply(prim, operandsOf(prim, arrays, attrs, feed), attrs)[0]! };
  });
  const batch = Object.fromEntries(
    arrays.flatMap((array, index) => (Object.hasOwn(program.feeds, `x${index}`) ? [[`x${index}`, array]] : [])),
  );
  const { outputs } = await runProgram(context.backend, program, [{ batch }]);
  const y = outputs[0]!['y']!;
  const aval = program.avals[program.outputs['y']!]!;
  if (y.data.length !== sizeOf(aval.shape))
    throw new Error(`${y.data.length} elements, expected ${sizeOf(aval.shape)}.`);
  const wanted = rounded(ndarray(expected, aval.shape, 'float64'), aval.dtype);
  expectClose(y, wanted, toleranceFor(aval.dtype, context.tolerance), prim);
  if (signed === true) {
    const zeros = (array: ArrayLike<number>): string[] =>
      Array.from(array, (value) => (Object.is(value, -0) ? '-0' : String(value)));
    if (zeros(y.data).join() !== zeros(expected).join())
      throw new Error(`${prim}: ${zeros(y.data).join(', ')}, expected ${zeros(expected).join(', ')}.`);
  }
}

/** Special values, ties of pooling and integer arithmetic, against what PyTorch gives. */
export function literalCases(dtypes: ReadonlySet<DType>): readonly ConformanceCase[] {
  const floating = (['float32', 'float64'] as const).filter((dtype) => dtypes.has(dtype));
  const needs = ({ inputs, attrs }: LiteralCase): DType[] => [
    ...inputs.flatMap(({ dtype }) => (dtype === undefined ? [] : [dtype])),
    ...(attrs !== undefined && 'dtype' in attrs ? [attrs.dtype as DType] : []),
  ];
  return [
    ...specialValues.map((literal) => ({ literal, group: 'special' })),
    ...tiedPooling.map((literal) => ({ literal, group: 'ties' })),
    ...integers.map((literal) => ({ literal, group: 'integer' })),
  ].flatMap(({ literal, group }) => {
    if (needs(literal).some((dtype) => !dtypes.has(dtype))) return [];
    const generic = literal.inputs.some(({ dtype }) => dtype === undefined || isFloating(dtype));
    return (generic ? floating : (['int32'] as const)).map((dtype) => ({
      id: `primitive/${literal.prim}/${group}-${literal.id}/${dtype}`,
      run: (context: CaseContext) => run(literal, dtype, context),
    }));
  });
}
