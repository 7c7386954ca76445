import { didYouMean, NotFoundError, type Tensor, type TensorsOf } from '@delira/core';

/** Tensors by name: predictions, or batch entries. */
export type Entries = Readonly<Record<string, Tensor>>;

/** A loss that picks its operands by name; fits any network, whether its batch and predictions are interfaces or type aliases. */
export type NamedLoss = <P extends TensorsOf<P>, B extends TensorsOf<B>>(prediction: P, batch: B) => Tensor;

/** Which prediction a loss compares with which batch entry. */
export interface LossKeys {
  /** Default `'pred'`. */
  readonly prediction?: string;
  /** Default `'label'`. */
  readonly target?: string;
}

function pick(entries: object, key: string, loss: string, what: string): Tensor {
  const tensor = (entries as Readonly<Record<string, Tensor | undefined>>)[key];
  if (tensor !== undefined) return tensor;
  const names = Object.keys(entries);
  throw new NotFoundError(
    `${loss} compares the ${what} "${key}", but there is: ${names.join(', ') || 'none'}.${didYouMean(key, names)} Name it in the loss's options.`,
  );
}

/** Wraps a function of two tensors. The loss throws NotFoundError when an operand is missing. */
export function namedLoss(
  name: string,
  { prediction = 'pred', target = 'label' }: LossKeys,
  compute: (prediction: Tensor, target: Tensor) => Tensor,
): NamedLoss {
  return (predictions, batch) =>
    compute(pick(predictions, prediction, name, 'prediction'), pick(batch, target, name, 'batch entry'));
}
