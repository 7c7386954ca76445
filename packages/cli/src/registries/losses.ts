import { schema } from '@delira/parameters';
import {
  bceWithLogitsLoss,
  crossEntropyLoss,
  diceCrossEntropyLoss,
  huberLoss,
  l1Loss,
  mseLoss,
  multiclassFocalLoss,
  smoothL1Loss,
  softDiceLoss,
  tverskyLoss,
} from '@delira/nn';
import { factory } from './Factory.js';
import type { Registries } from './Registries.js';

const { boolean, integer, list, number, object, optional, string } = schema;

const keys = { prediction: optional(string()), target: optional(string()) };
const reduction = { reduction: optional(string({ choices: ['mean', 'sum'] })) };
const weights = { classWeights: optional(list(number({ minimum: 0 }))), ignoreIndex: optional(integer()) };
const overlap = {
  background: optional(boolean()),
  batch: optional(boolean()),
  smooth: optional(number({ minimum: 0 })),
};
const activation = { activation: optional(string({ choices: ['softmax', 'sigmoid', 'none'] })) };
const crossEntropy = { ...weights, labelSmoothing: optional(number({ minimum: 0, maximum: 1 })) };

export function addLosses(losses: Registries['losses']): void {
  losses
    .register('CrossEntropy', factory(object({ ...keys, ...crossEntropy, ...reduction }), crossEntropyLoss))
    .register('Dice', factory(object({ ...keys, ...overlap, ...activation }), softDiceLoss))
    .register(
      'DiceCrossEntropy',
      factory(
        object({
          ...keys,
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
      factory(object({ ...keys, ...weights, ...reduction, gamma: optional(number()) }), multiclassFocalLoss),
    )
    .register(
      'Tversky',
      factory(
        object({ ...keys, ...overlap, ...activation, alpha: optional(number()), beta: optional(number()) }),
        tverskyLoss,
      ),
    )
    .register('BCEWithLogits', factory(object({ ...keys, ...reduction }), bceWithLogitsLoss))
    .register('MSE', factory(object({ ...keys, ...reduction }), mseLoss))
    .register('L1', factory(object({ ...keys, ...reduction }), l1Loss))
    .register('Huber', factory(object({ ...keys, ...reduction, delta: optional(number()) }), huberLoss))
    .register('SmoothL1', factory(object({ ...keys, ...reduction, beta: optional(number()) }), smoothL1Loss));
}
