import type { Tensor } from '../tensor/index.js';
import type { Variable } from '../module/index.js';

/** A scalar to minimise, from predictions and batch. */
export type Loss<B, P> = (prediction: P, batch: B) => Tensor;

export type Gradients = ReadonlyMap<Variable, Tensor>;

/** What a network can do in the step it is tracing. */
export interface Step<B, P> {
  readonly losses: Readonly<Record<string, Loss<B, P>>>;
  /** @throws StaleReadError if the loss used an older value of a variable in `wrt`. */
  grads(loss: Tensor, wrt: readonly Variable[]): Gradients;
  /** Updates the parameters of an optimizer group. */
  apply(group: string, gradients: Gradients): void;
  /** Gradients over the group's own parameters, then apply. */
  minimize(group: string, loss: Tensor): void;
  /** A runtime scalar, such as an annealed loss weight. */
  hyper(name: string): Tensor;
}
