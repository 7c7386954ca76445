import {
  ArgumentError,
  asTensor,
  type Backend,
  createRng,
  gradients,
  isFloating,
  type NDArray,
  type Program,
  type Rng,
  type Tensor,
  trace,
} from '@delira/core';
import { expectClose } from './expectClose.js';
import { randomArray } from './randomArray.js';
import type { Tolerance } from './Tolerance.js';

export interface GradientCheck {
  /** Computes in float64: the reference backend. */
  readonly backend: Backend;
  /** Where the function is differentiated: float64 arrays, and any others, which stay fixed. */
  readonly inputs: readonly NDArray[];
  readonly fn: (...tensors: readonly Tensor[]) => Tensor | readonly Tensor[];
  /** 1: gradients; 2: also the gradients of the gradients. Default 1. */
  readonly order?: 1 | 2;
  /** Seeds cotangents and directions. Default 0. */
  readonly seed?: number;
  /** Step of the central difference. Default 1e-5. */
  readonly epsilon?: number;
  /** Default rtol 1e-6, atol 1e-8. */
  readonly tolerance?: Tolerance;
}

/** Σ over tensors of fixed random weights times elements: turns any results into one scalar. */
function weighted(tensors: readonly Tensor[], rng: Rng): Tensor {
  const terms = tensors
    .filter(({ dtype }) => isFloating(dtype))
    .map((tensor, index) => {
      const weights = randomArray({ shape: tensor.shape, dtype: 'float64' }, [0.5, 1.5], rng.fork('weights', index));
      return tensor.cast('float64').mul(asTensor(weights)).sum();
    });
  const [first, ...rest] = terms;
  if (first === undefined) throw new ArgumentError('The function to differentiate gives no floating result.');
  return rest.reduce((sum, term) => sum.add(term), first);
}

/**
 * Compares derivatives from autodiff with central differences along a random direction through all floating inputs at once.
 *
 * @throws Error showing both derivatives.
 */
export async function checkGradients(check: GradientCheck): Promise<void> {
  const { backend, inputs, fn, order = 1, seed = 0, epsilon = 1e-5, tolerance = { rtol: 1e-6, atol: 1e-8 } } = check;
  const rng = createRng(seed);
  const floating = inputs.flatMap(({ dtype }, index) => (isFloating(dtype) ? [index] : []));
  for (const index of floating)
    if (inputs[index]!.dtype !== 'float64')
      throw new ArgumentError(`Input ${index} is ${inputs[index]!.dtype}; finite differences need float64. Cast it.`);

  /** The scalar of the order asked for, and its gradients. */
  const programOf = (which: 1 | 2): Program =>
    trace((recording) => {
      const tensors = inputs.map(({ shape, dtype }, index) => recording.feed(`x${index}`, { shape, dtype }));
      const sources = floating.map((index) => tensors[index]!);
      const result = fn(...tensors);
      let scalar = weighted(
        Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor],
        rng.fork('value'),
      );
      if (which === 2) scalar = weighted(gradients(scalar, sources), rng.fork('gradient'));
      const found = gradients(scalar, sources);
      return { scalar, ...Object.fromEntries(found.map((gradient, index) => [`gradient${index}`, gradient])) };
    });

  for (const which of order === 2 ? ([1, 2] as const) : ([1] as const)) {
    const directions = floating.map((index) =>
      randomArray({ ...inputs[index]!, dtype: 'float64' }, [-1, 1], rng.fork('direction', which, index)),
    );
    const moved = (distance: number): Record<string, NDArray> =>
      Object.fromEntries(
        inputs.map((array, index) => {
          const direction = directions[floating.indexOf(index)];
          if (direction === undefined) return [`x${index}`, array];
          const data = Float64Array.from(array.data, (value, i) => value + distance * direction.data[i]!);
          return [`x${index}`, { ...array, data }];
        }),
      );
    const executable = await backend.compile(programOf(which));
    const state = await backend.createState(new Map());
    const [here, ahead, behind] = await executable.run(state, [
      { batch: moved(0) },
      { batch: moved(epsilon) },
      { batch: moved(-epsilon) },
    ]);
    await Promise.all([executable.dispose(), state.dispose()]);
    let analytic = 0;
    directions.forEach(({ data }, index) => {
      const gradient = here![`gradient${index}`]!.data;
      data.forEach((value, i) => {
        analytic += value * gradient[i]!;
      });
    });
    const numeric = (ahead!['scalar']!.data[0]! - behind!['scalar']!.data[0]!) / (2 * epsilon);
    expectClose(analytic, numeric, tolerance, `directional derivative of order ${which}, against finite differences`);
  }
}
