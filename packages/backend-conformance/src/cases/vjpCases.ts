import {
  type Aval,
  asTensor,
  createRng,
  type DType,
  gradients,
  isFloating,
  type NDArray,
  type Primitive,
  type PrimitiveName,
  primitives,
  type Program,
  type Tensor,
  trace,
} from '@delira/core';
import { checkGradients, randomArray, type Tolerance } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { compareRuns } from '../support/compareRuns.js';
import { apply, operandsOf } from '../support/operands.js';
import { runProgram } from '../support/runProgram.js';
import { allVariants, type Variant } from '../support/variants.js';
import { batchFor } from './primitiveCases.js';

/** Primitives whose gradient cannot be differentiated, and why. */
export const differentiableOnce: Readonly<Partial<Record<PrimitiveName, string>>> = {
  maxPool: 'maxPoolGrad has no gradient',
};

/** Primitives whose gradient is zero by definition, not by calculus. */
const blocked: ReadonlySet<PrimitiveName> = new Set(['stopGradient']);

function differentiable({ prim, inputs, outputs }: Variant): boolean {
  const some = (avals: readonly Aval[]): boolean => avals.some(({ dtype }) => isFloating(dtype));
  return (primitives[prim] as Primitive<object>).vjp !== null && some(inputs) && some(outputs);
}

/** Gradients of Σ weights · results with respect to every floating operand. */
function gradientProgram({ prim, inputs, attrs, dtype, path }: Variant): Program {
  return trace(
    (recording) => {
      const fed = new Map<number, Tensor>();
      const operands = operandsOf(prim, inputs, attrs, (index) => {
        const tensor = fed.get(index) ?? recording.feed(`x${index}`, inputs[index]!);
        fed.set(index, tensor);
        return tensor;
      });
      const terms = apply(prim, operands, attrs)
        .filter((output) => isFloating(output.dtype))
        .map((output, index) => {
          const weights = randomArray({ shape: output.shape, dtype }, [0.5, 1.5], createRng(7).fork(path, index));
          return output.mul(asTensor(weights)).sum();
        });
      const sources = [...fed].filter(([, tensor]) => isFloating(tensor.dtype));
      const loss = terms.reduce((sum, term) => sum.add(term));
      const found = gradients(
        loss,
        sources.map(([, tensor]) => tensor),
      );
      return Object.fromEntries(sources.map(([index], position) => [`gradient${index}`, found[position]!]));
    },
    { name: `gradient of ${prim}` },
  );
}

async function compareGradients(context: CaseContext, variant: Variant): Promise<void> {
  const program = gradientProgram(variant);
  const { path, inputs, domain } = variant;
  const feeds = [
    { batch: batchFor(program, inputs, (aval, index) => randomArray(aval, domain, createRng(2).fork(path, index))) },
  ];
  const expected = await runProgram(context.reference, program, feeds);
  const actual = await runProgram(context.backend, program, feeds);
  // Gradients are sums of products whose rounding errors add up.
  const tolerance = (dtype: DType): Tolerance => {
    const { rtol = 0, atol = 0 } = context.tolerance(dtype);
    return { rtol: 4 * rtol, atol: 4 * atol, relativeTo: 'array' };
  };
  compareRuns(program, actual, expected, tolerance);
}

async function compareWithDifferences(context: CaseContext, variant: Variant, order: 1 | 2): Promise<void> {
  const { prim, inputs, attrs, path, domain } = variant;
  const arrays = inputs.map((aval, index) => randomArray(aval, domain, createRng(3).fork(path, index)));
  await checkGradients({
    backend: context.backend,
    inputs: arrays,
    order,
    fn: (...tensors) =>
      apply(
        prim,
        operandsOf(prim, inputs, attrs, (index) => tensors[index]!),
        attrs,
      ),
  });
}

interface TiedGradient {
  readonly id: string;
  readonly prim: PrimitiveName;
  readonly attrs: object;
  readonly inputs: readonly (readonly number[])[];
  /** Of the sum of the results, for each operand. */
  readonly expected: readonly (readonly number[])[];
}

/** Where a function has no derivative, PyTorch's choice. */
const tiedGradients: readonly TiedGradient[] = [
  { id: 'zero', prim: 'relu', attrs: {}, inputs: [[0, 1, -1]], expected: [[0, 1, 0]] },
  { id: 'zero', prim: 'leakyRelu', attrs: { slope: 0.25 }, inputs: [[0, 1, -1]], expected: [[0.25, 1, 0.25]] },
  { id: 'zero', prim: 'abs', attrs: {}, inputs: [[0, 1, -1]], expected: [[0, 1, -1]] },
  {
    id: 'ties',
    prim: 'maximum',
    attrs: {},
    inputs: [
      [1, 2, 1],
      [1, 1, 2],
    ],
    expected: [
      [0.5, 1, 0],
      [0.5, 0, 1],
    ],
  },
  {
    id: 'ties',
    prim: 'minimum',
    attrs: {},
    inputs: [
      [1, 2, 1],
      [1, 1, 2],
    ],
    expected: [
      [0.5, 0, 1],
      [0.5, 1, 0],
    ],
  },
  { id: 'ties', prim: 'reduceMax', attrs: { axes: [0] }, inputs: [[1, 3, 3]], expected: [[0, 0.5, 0.5]] },
];

async function runTied(
  { prim, attrs, inputs, expected }: TiedGradient,
  dtype: DType,
  context: CaseContext,
): Promise<void> {
  const avals = inputs.map(({ length }) => ({ shape: [length], dtype }));
  const program = trace((recording) => {
    const operands = avals.map((aval, index) => recording.feed(`x${index}`, aval));
    const found = gradients(apply(prim, operands, attrs)[0]!.sum(), operands);
    return Object.fromEntries(found.map((gradient, index) => [`gradient${index}`, gradient]));
  });
  const arrayOf = (values: readonly number[]): NDArray => ({
    dtype,
    shape: [values.length],
    data: dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values),
  });
  const batch = Object.fromEntries(inputs.map((values, index) => [`x${index}`, arrayOf(values)]));
  const actual = await runProgram(context.backend, program, [{ batch }]);
  const outputs = [Object.fromEntries(expected.map((values, index) => [`gradient${index}`, arrayOf(values)]))];
  compareRuns(program, actual, { outputs, state: new Map() }, context.tolerance);
}

/**
 * The gradient programs of every primitive against the oracle's. The oracle itself (`oracle: true`) is compared with finite differences,
 * of both orders.
 */
export function vjpCases(dtypes: ReadonlySet<DType>, oracle: boolean): readonly ConformanceCase[] {
  const floating = (['float32', 'float64'] as const).filter((dtype) => dtypes.has(dtype));
  const cases: ConformanceCase[] = tiedGradients.flatMap((tied) =>
    floating.map((dtype) => ({
      id: `vjp/${tied.prim}/${tied.id}/${dtype}`,
      run: (context: CaseContext) => runTied(tied, dtype, context),
    })),
  );
  for (const variant of allVariants(dtypes)) {
    if (variant.dtype === 'int32' || !differentiable(variant)) continue;
    if (!oracle) {
      cases.push({ id: `vjp/${variant.path}`, run: (context) => compareGradients(context, variant) });
    } else if (variant.dtype === 'float64' && !blocked.has(variant.prim)) {
      const orders = differentiableOnce[variant.prim] === undefined ? ([1, 2] as const) : ([1] as const);
      for (const order of orders)
        cases.push({
          id: `vjp/${variant.path}/finite-differences-order-${order}`,
          run: (context) => compareWithDifferences(context, variant, order),
        });
    }
  }
  return cases;
}
