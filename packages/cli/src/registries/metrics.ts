import {
  accuracy,
  auroc,
  averagePrecision,
  averageSurfaceDistance,
  balancedAccuracy,
  dice,
  fBeta,
  f1,
  hausdorffDistance,
  iou,
  matthewsCorrelation,
  meanAbsoluteError,
  meanSquaredError,
  type Metric,
  precision,
  psnr,
  recall,
  ssim,
  surfaceDice,
} from '@delira/metrics';
import { schema, type Schema } from '@delira/parameters';
import { factory, type Factory } from './Factory.js';
import type { DataFacts, Registries } from './Registries.js';

const { boolean, integer, list, number, object, optional, string } = schema;

const common = { name: optional(string()), prediction: optional(string()), target: optional(string()) };
const dataRange = optional(number({ minimum: 0 }));
const threshold = optional(number());
const overlap = {
  ...common,
  threshold,
  over: optional(string({ choices: ['set', 'sample'] })),
  background: optional(boolean()),
  ignoreIndex: optional(integer()),
};
const ranking = {
  ...common,
  scores: optional(string({ choices: ['logits', 'probabilities'] })),
  average: optional(averageSchema(['macro'])),
};
const surface = {
  ...common,
  threshold,
  spacing: optional(list(number({ minimum: 0 }))),
  percentile: optional(number({ minimum: 0, maximum: 100 })),
  tolerance: optional(number({ minimum: 0 })),
  background: optional(boolean()),
};
const average = { average: optional(averageSchema(['macro', 'weighted', 'micro'])) };

/** The metrics; classes are the dataset's. */
export function addMetrics(metrics: Registries['metrics']): void {
  metrics
    .register('Accuracy', factory(object({ ...common, threshold }), accuracy as Any))
    .register('BalancedAccuracy', ofClasses(object(common), balancedAccuracy as Any))
    .register('Precision', ofClasses(object({ ...common, ...average }), precision as Any))
    .register('Recall', ofClasses(object({ ...common, ...average }), recall as Any))
    .register('F1', ofClasses(object({ ...common, ...average }), f1 as Any))
    .register('FBeta', ofClasses(object({ ...common, ...average, beta: optional(number()) }), fBeta as Any))
    .register('MatthewsCorrelation', ofClasses(object(common), matthewsCorrelation as Any))
    .register('Auroc', ofClassCount(object(ranking), auroc as Any))
    .register('AveragePrecision', ofClassCount(object(ranking), averagePrecision as Any))
    .register('Dice', ofClasses(object(overlap), dice as Any))
    .register('IoU', ofClasses(object(overlap), iou as Any))
    .register('SurfaceDice', ofClasses(object(surface), surfaceDice as Any))
    .register('HausdorffDistance', ofClasses(object(surface), hausdorffDistance as Any))
    .register('AverageSurfaceDistance', ofClasses(object(surface), averageSurfaceDistance as Any))
    .register('MeanSquaredError', factory(object(common), meanSquaredError as Any))
    .register('MeanAbsoluteError', factory(object(common), meanAbsoluteError as Any))
    .register('PSNR', factory(object({ ...common, dataRange }), psnr as Any))
    .register(
      'SSIM',
      factory(
        object({
          ...common,
          dataRange,
          windowSize: optional(integer({ minimum: 1 })),
          sigma: optional(number({ minimum: 0 })),
          k1: optional(number()),
          k2: optional(number()),
        }),
        ssim as Any,
      ),
    );
}

/** A metric's state is its own; the trainer keeps it as it is. */
type Any = (options: object) => Metric;
type Options = Parameters<typeof factory<Metric, object, DataFacts>>[0];

function ofClasses(options: Options, create: Any): Factory<Metric, DataFacts> {
  return factory(options, (given: object, { classes }: DataFacts) => create({ classes, ...given }));
}

function ofClassCount(options: Options, create: Any): Factory<Metric, DataFacts> {
  return factory(options, (given: object, { classes }: DataFacts) => create({ classes: classes.length, ...given }));
}

/** A name, or the number of a class. */
function averageSchema(choices: readonly string[]): Schema<string | number> {
  const names = string({ choices });
  const numbered = integer({ minimum: 0 });
  return {
    '~standard': {
      version: 1,
      vendor: 'delira-cli',
      validate: (value) => (typeof value === 'number' ? numbered : names)['~standard'].validate(value),
    },
  };
}
