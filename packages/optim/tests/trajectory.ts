import { createReferenceBackend } from '@delira/backend-reference';
import {
  full,
  ndarray,
  type NDArray,
  Network,
  type Optimizer,
  type Tensor,
  TrainableSystem,
  type Variable,
} from '@delira/core';

const shapes = [[3], [2, 2]] as const;

/** Two parameters whose gradients are what the batch says; float64, so that the reference backend sees them unrounded. */
export class GivenGradients extends Network<{ g0: Tensor; g1: Tensor }, { total: Tensor }> {
  readonly config = null;
  readonly inputs = {
    g0: { shape: [], dtype: 'float64' },
    g1: { shape: [2], dtype: 'float64' },
  } as const;
  readonly p0: Variable = this.param([3], (_, shape) => full(shape, 0));
  readonly p1: Variable = this.param([2, 2], (_, shape) => full(shape, 0));

  override predict({ g0, g1 }: { readonly g0: Tensor; readonly g1: Tensor }): { total: Tensor } {
    return {
      total: this.p0.value
        .mul(g0.cast('float32'))
        .sum()
        .add(this.p1.value.mul(g1.cast('float32')).sum()),
    };
  }
}

export type Values = readonly (readonly number[])[];

export interface Trajectory {
  /** Values of the two parameters after each step. */
  readonly params: readonly Values[];
  /** All variables after the last step. */
  readonly state: ReadonlyMap<string, NDArray>;
}

/** Runs an optimizer on the reference backend with given gradients, one step at a time. */
export async function trajectory(
  optimizer: Optimizer,
  start: Values,
  gradients: readonly Values[],
  hyper: (step: number) => Readonly<Record<string, number>> = () => ({}),
): Promise<Trajectory> {
  const system = new TrainableSystem(new GivenGradients(), {
    optimizers: { default: optimizer },
    losses: { total: ({ total }) => total },
  });
  const program = system.traceTrain({
    g0: { shape: shapes[0], dtype: 'float64' },
    g1: { shape: shapes[1], dtype: 'float64' },
  });
  const backend = createReferenceBackend();
  const executable = await backend.compile(program);
  const initial = new Map(system.initialState(0));
  for (const name of initial.keys()) {
    const index = name.endsWith('p0') ? 0 : name.endsWith('p1') ? 1 : null;
    if (index !== null && (name === `p${index}` || name.includes('.ema.')))
      initial.set(name, ndarray(start[index]!, shapes[index]!, 'float64'));
  }
  const state = await backend.createState(initial);
  const params: Values[] = [];
  for (const [step, [g0, g1]] of gradients.entries()) {
    const batch = { g0: ndarray([...g0!], shapes[0], 'float64'), g1: ndarray([...g1!], shapes[1], 'float64') };
    await executable.run(state, [{ batch, hyper: { ...system.hyper, ...hyper(step) } }]);
    const read = await state.read(['p0', 'p1']);
    params.push(['p0', 'p1'].map((name) => Array.from(read.get(name)!.data)));
  }
  const after = await state.read();
  await backend.dispose();
  return { params, state: after };
}
