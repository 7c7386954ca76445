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
  recall,
  surfaceDice,
} from '@delira/metrics';
import { schema, type Schema } from '@delira/parameters';
import { factory, type Factory } from './Factory.js';
import type { DataFacts, Registries } from './Registries.js';

const { boolean, integer, list, number, object, optional, string } = schema;

const common = { name: optional(string()), prediction: optional(string()), target: optional(string()) };
const overlap = {
  ...common,
  over: optional(string({ choices: ['set', 'sample'] })),
  background: optional(boolean()),
  ignoreIndex: optional(integer()),
};
const ranking = { ...common, scores: optional(string({ choices: ['logits', 'probabilities'] })) };
const surface = {
  ...common,
  spacing: optional(list(number({ minimum: 0 }))),
  percentile: optional(number({ minimum: 0, maximum: 100 })),
  tolerance: optional(number({ minimum: 0 })),
  background: optional(boolean()),
};
const average = { average: optional(averageSchema()) };

/** The metrics; classes are the dataset's. */
export function addMetrics(metrics: Registries['metrics']): void {
  metrics
    .register('Accuracy', factory(object({ ...common, threshold: optional(number()) }), accuracy as Any))
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
    .register('MeanAbsoluteError', factory(object(common), meanAbsoluteError as Any));
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

/** `macro`, `weighted`, `micro`, or the number of a class. */
function averageSchema(): Schema<string | number> {
  const names = string({ choices: ['macro', 'weighted', 'micro'] });
  const numbered = integer({ minimum: 0 });
  return {
    '~standard': {
      version: 1,
      vendor: 'delira-cli',
      validate: (value) => (typeof value === 'number' ? numbered : names)['~standard'].validate(value),
    },
  };
}
