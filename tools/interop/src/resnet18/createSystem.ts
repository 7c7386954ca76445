import { type BatchSignature, type Optimizer, type Sample, TrainableSystem } from '@delira/core';
import { type ClassificationBatch, type ClassificationPrediction, ResNet18 } from '@delira/models-classification';
import { crossEntropyLoss } from '@delira/nn';

type System = TrainableSystem<ClassificationBatch, ClassificationPrediction>;

/** ResNet18 for one-channel digits, trained by cross-entropy; without an optimizer it only predicts. */
export function createSystem(optimizer?: Optimizer): System {
  return new TrainableSystem<ClassificationBatch, ClassificationPrediction>(
    new ResNet18({ inChannels: 1, numClasses: 10 }),
    {
      losses: { crossEntropy: crossEntropyLoss() },
      ...(optimizer === undefined ? {} : { optimizers: { default: optimizer } }),
    },
  );
}

/** Shapes and dtypes of a batch. */
export const signatureOf = (batch: Sample): BatchSignature =>
  Object.fromEntries(Object.entries(batch).map(([name, { shape, dtype }]) => [name, { shape, dtype }]));
