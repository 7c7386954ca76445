import {
  type Aval,
  createRng,
  type DType,
  isFloating,
  type NDArray,
  type PrimitiveName,
  type Program,
  type Sample,
  trace,
} from '@delira/core';
import { randomArray, type Tolerance } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { compareRuns } from '../support/compareRuns.js';
import { apply, operandsOf } from '../support/operands.js';
import { runProgram } from '../support/runProgram.js';
import { allVariants, type Variant } from '../support/variants.js';

/** Sums whose terms cancel: an error is relative to the largest element. */
const sums: ReadonlySet<PrimitiveName> = new Set([
  'reduceSum',
  'matmul',
  'conv',
  'convTranspose',
  'convKernelGrad',
  'batchNorm',
  'batchNormGrad',
]);

/** A call of a primitive on fed operands, its results as outputs `y0`, `y1`…; and which operands are fed. */
export function primitiveProgram({ prim, inputs, attrs }: Pick<Variant, 'prim' | 'inputs' | 'attrs'>): Program {
  return trace(
    (recording) => {
      const operands = operandsOf(prim, inputs, attrs, (index) => recording.feed(`x${index}`, inputs[index]!));
      return Object.fromEntries(apply(prim, operands, attrs).map((output, index) => [`y${index}`, output]));
    },
    { name: prim },
  );
}

/** Numbers for the feeds of a Program made from `inputs`. */
export function batchFor(
  program: Program,
  inputs: readonly Aval[],
  draw: (aval: Aval, index: number) => NDArray,
): Sample {
  return Object.fromEntries(
    inputs.flatMap((aval, index) =>
      Object.hasOwn(program.feeds, `x${index}`) ? [[`x${index}`, draw(aval, index)]] : [],
    ),
  );
}

async function compare(
  context: CaseContext,
  variant: Variant,
  draw: (aval: Aval, index: number) => NDArray,
): Promise<void> {
  const program = primitiveProgram(variant);
  const feeds = [{ batch: batchFor(program, variant.inputs, draw) }];
  const expected = await runProgram(context.reference, program, feeds);
  const actual = await runProgram(context.backend, program, feeds);
  const tolerance = (dtype: DType): Tolerance => ({
    ...context.tolerance(dtype),
    relativeTo: sums.has(variant.prim) ? 'array' : 'element',
  });
  compareRuns(program, actual, expected, tolerance);
}

/** Few different values, so that most windows hold equal ones. */
function tied(aval: Aval, index: number, path: string): NDArray {
  const drawn = randomArray(aval, [0, 1], createRng(0).fork(path, index));
  // Gradients stay as they are: only equal pooled values make ties.
  if (index > 0) return drawn;
  drawn.data.forEach((value, i) => {
    drawn.data[i] = value < 0.5 ? 0 : 1;
  });
  return drawn;
}

const pooling: ReadonlySet<PrimitiveName> = new Set(['maxPool', 'maxPoolGrad']);

/** Every primitive × its samples × the backend's dtypes, against the oracle; pooling also on tied and on negative values. */
export function primitiveCases(dtypes: ReadonlySet<DType>): readonly ConformanceCase[] {
  return allVariants(dtypes).flatMap((variant) => {
    const { prim, path, dtype, domain } = variant;
    // The domain is for numbers: a bool is 0 or 1.
    const random = (aval: Aval, index: number): NDArray =>
      randomArray(aval, aval.dtype === 'bool' ? undefined : domain, createRng(0).fork(path, index));
    const cases: ConformanceCase[] = [{ id: `primitive/${path}`, run: (context) => compare(context, variant, random) }];
    if (pooling.has(prim) && isFloating(dtype)) {
      const renamed = (suffix: string): string => path.replace(`/${dtype}`, `-${suffix}/${dtype}`);
      cases.push(
        {
          id: `primitive/${renamed('ties')}`,
          run: (context) => compare(context, variant, (aval, index) => tied(aval, index, path)),
        },
        {
          // Padding must count as minus infinity, not as zero.
          id: `primitive/${renamed('negative')}`,
          run: (context) =>
            compare(context, variant, (aval, index) => randomArray(aval, [-3, -1], createRng(1).fork(path, index))),
        },
      );
    }
    return cases;
  });
}
