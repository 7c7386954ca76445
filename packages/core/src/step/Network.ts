import { ArgumentError } from '../errors/index.js';
import { castArray, type Sample } from '../ndarray/index.js';
import type { Tensor } from '../tensor/index.js';
import { Module, paramsOf, type Variable } from '../module/index.js';
import type { InputSpec } from './InputSpec.js';
import type { Json } from './Json.js';
import type { Step } from './Step.js';

export type TensorsOf<T> = { readonly [K in keyof T]: Tensor };

/**
 * A trainable system: one or many modules, and what one step means. B names the batch's entries, P the predictions. The default step
 * predicts, sums the losses and minimises the sum with the optimizer group `'default'`.
 */
export abstract class Network<
  B extends TensorsOf<B> = { data: Tensor; label: Tensor },
  P extends TensorsOf<P> = { pred: Tensor },
> extends Module {
  /** Enough to build the network again, as JSON; saved in checkpoints. */
  abstract readonly config: Json;
  /** One sample of each batch entry, labels included. */
  abstract readonly inputs: Readonly<Record<keyof B & string, InputSpec>>;

  /** Predictions; reads only the batch entries it needs. */
  abstract predict(batch: B): P;

  /** One training step; gives scalars to log, and whatever else may be asked for. */
  trainStep(batch: B, step: Step<B, P>): Readonly<Record<string, Tensor>> {
    const prediction = this.predict(batch);
    const { total, named } = totalLoss(step.losses, prediction, batch);
    step.minimize('default', total);
    return { ...(prediction as Readonly<Record<string, Tensor>>), ...named, loss: total };
  }

  /** Predictions and losses without an update. */
  evalStep(batch: B, step: Step<B, P>): Readonly<Record<string, Tensor>> {
    const prediction = this.predict(batch);
    const { total, named } = totalLoss(step.losses, prediction, batch);
    return { ...(prediction as Readonly<Record<string, Tensor>>), ...named, loss: total };
  }

  /** Which parameters each optimizer updates; default: all trainable ones, as `'default'`. */
  optimizerGroups(): Readonly<Record<string, readonly Variable[]>> {
    return { default: paramsOf(this) };
  }

  /** Turns a collated batch into the network's inputs, on the host; default: casts to the dtypes of `inputs`. Never changes its argument. */
  prepareBatch(batch: Sample): Sample {
    const inputs = this.inputs as Readonly<Record<string, InputSpec>>;
    return Object.fromEntries(
      Object.entries(batch).map(([name, array]) => [
        name,
        inputs[name] === undefined ? array : castArray(array, inputs[name].dtype),
      ]),
    );
  }
}

function totalLoss<B, P>(
  losses: Step<B, P>['losses'],
  prediction: P,
  batch: B,
): { readonly total: Tensor; readonly named: Readonly<Record<string, Tensor>> } {
  const named = Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss(prediction, batch)]));
  const values = Object.values(named);
  const [first, ...rest] = values;
  if (first === undefined)
    throw new ArgumentError(
      'The network has no loss to compute. Pass losses, for example { crossEntropy: crossEntropyLoss() }, or override trainStep.',
    );
  return { total: rest.reduce((sum, value) => sum.add(value), first), named };
}
