import {
  bceWithLogitsLoss,
  binaryCrossEntropyLoss,
  binaryFocalLoss,
  crossEntropyLoss,
  diceCrossEntropyLoss,
  huberLoss,
  l1Loss,
  mseLoss,
  multiclassFocalLoss,
  type NamedLoss,
  scaleLoss,
  smoothL1Loss,
  softDiceLoss,
  tverskyLoss,
} from '@delira/nn';
import { schema, type Schema } from '@delira/parameters';
import { factory, type Factory } from './Factory.js';
import { numbers } from './fields.js';
import type { DataFacts, Registries } from './Registries.js';

const { boolean, integer, list, number, object, optional, string } = schema;

/** Of every loss: what it compares, and its factor in the sum of several. */
const common = { prediction: optional(string()), target: optional(string()), weight: optional(number({ minimum: 0 })) };
const reduction = { reduction: optional(string({ choices: ['mean', 'sum'] })) };
const weights = { classWeights: optional(list(number({ minimum: 0 }))), ignoreIndex: optional(integer()) };
const overlap = {
  background: optional(boolean()),
  batch: optional(boolean()),
  smooth: optional(number({ minimum: 0 })),
};
const activation = { activation: optional(string({ choices: ['softmax', 'sigmoid', 'none'] })) };
const crossEntropy = { ...weights, labelSmoothing: optional(number({ minimum: 0, maximum: 1 })) };
const share = optional(number({ minimum: 0, maximum: 1 }));

export function addLosses(losses: Registries['losses']): void {
  losses
    .register('CrossEntropy', weighted(object({ ...common, ...crossEntropy, ...reduction }), crossEntropyLoss))
    .register('Dice', weighted(object({ ...common, ...overlap, ...activation }), softDiceLoss))
    .register(
      'DiceCrossEntropy',
      weighted(
        object({
          ...common,
          dice: optional(object(overlap)),
          crossEntropy: optional(object(crossEntropy)),
          diceWeight: optional(number({ minimum: 0 })),
          crossEntropyWeight: optional(number({ minimum: 0 })),
        }),
        diceCrossEntropyLoss,
      ),
    )
    .register(
      'Focal',
      weighted(object({ ...common, ...weights, ...reduction, gamma: optional(number()) }), multiclassFocalLoss),
    )
    .register(
      'Tversky',
      weighted(
        object({ ...common, ...overlap, ...activation, alpha: optional(number()), beta: optional(number()) }),
        tverskyLoss,
      ),
    )
    .register(
      'BCEWithLogits',
      weighted(object({ ...common, ...reduction, positiveWeight: numbers() }), bceWithLogitsLoss),
    )
    .register('BCE', weighted(object({ ...common, ...reduction }), binaryCrossEntropyLoss))
    .register(
      'BinaryFocal',
      weighted(
        object({ ...common, ...reduction, alpha: share, gamma: optional(number()), logits: optional(boolean()) }),
        binaryFocalLoss,
      ),
    )
    .register('MSE', weighted(object({ ...common, ...reduction }), mseLoss))
    .register('L1', weighted(object({ ...common, ...reduction }), l1Loss))
    .register('Huber', weighted(object({ ...common, ...reduction, delta: optional(number()) }), huberLoss))
    .register('SmoothL1', weighted(object({ ...common, ...reduction, beta: optional(number()) }), smoothL1Loss));
}

function weighted<O extends { readonly weight?: number }>(
  options: Schema<O>,
  create: (options: Omit<O, 'weight'>) => NamedLoss,
): Factory<NamedLoss, DataFacts> {
  return factory(options, ({ weight, ...given }: O) => {
    const loss = create(given);
    return weight === undefined ? loss : scaleLoss(loss, weight);
  });
}
