import type { Json } from '@delira/core';
import { schema, type Schema } from '@delira/parameters';

const { anything, boolean, integer, list, number, object, optional, string } = schema;

/** All that a config can say. Descriptions of components, `{ type, options }` or a name, are checked when they are made. */
export interface RunConfig {
  /** A file of one's own code, in the config's folder. */
  readonly module?: string;
  /** Of weights, order, augmentation and splits; default 0. */
  readonly seed: number;
  /** Default `auto`: the best one installed. */
  readonly backend: Json;
  readonly dataset: Json;
  /** A share of the dataset, a number of samples, or the description of another dataset; 0 for none. Default 0.2. */
  readonly validation: Json;
  /** The same; default none. */
  readonly test?: Json;
  /** Of every sample, also of those that are predicted. */
  readonly preprocessing: readonly Json[];
  /** What follows it in training, and in validation and test. */
  readonly transforms: { readonly train: readonly Json[]; readonly val: readonly Json[] };
  readonly model: Json;
  /** One, or several by name. */
  readonly loss: Json;
  /** One, or one for each of the network's groups by name; default Adam. */
  readonly optimizer: Json;
  /** Of the learning rate; or of each hyper by name. */
  readonly schedule?: Json;
  readonly metrics: readonly Json[];
  readonly callbacks: readonly Json[];
  readonly training: {
    /** Default 10. */
    readonly epochs: number;
    /** Default 16. */
    readonly batchSize: number;
    /** Default: batchSize for classes, 1 for segmentations, whose cases differ in size. */
    readonly evaluationBatchSize?: number;
    /** What the best checkpoint is best in; default the first metric on the validation set. */
    readonly monitor?: string;
    readonly saveFrequency: number;
    readonly keep: number;
    readonly onSaveError: 'stop' | 'continue';
    /** Threads that transform samples; default 0: the main one. */
    readonly workers: number;
    /** Bytes. */
    readonly memoryLimit?: number;
  };
  readonly prediction: {
    /** Extents of a window, one for each spatial axis; without it images are predicted whole. Test sets are predicted in them too. */
    readonly window?: readonly number[];
    /** Default 0.5. */
    readonly overlap: number;
    readonly weighting: 'gaussian' | 'constant';
    readonly mirrorAxes: readonly number[];
    /** Windows in one call of the engine; default 1. */
    readonly batchSize: number;
    /** Whether the validation set is predicted in windows as well, not mirrored; default false. */
    readonly validation: boolean;
  };
  readonly kfold: {
    /** Default 5. */
    readonly folds: number;
    /** Default true. */
    readonly shuffle: boolean;
    /** Default: where the dataset says the class of each sample. */
    readonly stratify?: boolean;
    /** Share of what a fold does not test; default 0.2. */
    readonly valSize: number;
  };
}

const trainingSchema = object({
  epochs: integer({ minimum: 1, default: 10 }),
  batchSize: integer({ minimum: 1, default: 16 }),
  evaluationBatchSize: optional(integer({ minimum: 1 })),
  monitor: optional(string()),
  saveFrequency: integer({ minimum: 1, default: 1 }),
  keep: integer({ minimum: 0, default: 0 }),
  onSaveError: string({ choices: ['stop', 'continue'], default: 'stop' }),
  workers: integer({ minimum: 0, default: 0 }),
  memoryLimit: optional(number({ minimum: 1 })),
});

const predictionSchema = object({
  window: optional(list(integer({ minimum: 1 }))),
  overlap: number({ minimum: 0, maximum: 1, default: 0.5 }),
  weighting: string({ choices: ['gaussian', 'constant'], default: 'gaussian' }),
  mirrorAxes: list(integer({ minimum: 0 }), { default: [] }),
  batchSize: integer({ minimum: 1, default: 1 }),
  validation: boolean({ default: false }),
});

const kfoldSchema = object({
  folds: integer({ minimum: 2, default: 5 }),
  shuffle: boolean({ default: true }),
  stratify: optional(boolean()),
  valSize: number({ minimum: 0, default: 0.2 }),
});
/** Checks a config, and fills in defaults. */
export const configSchema: Schema<RunConfig> = object({
  module: optional(string()),
  seed: integer({ minimum: 0, default: 0 }),
  backend: anything({ default: 'auto' }),
  dataset: anything(),
  validation: anything({ default: 0.2 }),
  test: optional(anything()),
  preprocessing: list(anything(), { default: [] }),
  transforms: object({
    train: list(anything(), { default: [] }),
    val: list(anything(), { default: [] }),
  }),
  model: anything(),
  loss: anything(),
  optimizer: anything({ default: 'Adam' }),
  schedule: optional(anything()),
  metrics: list(anything(), { default: [] }),
  callbacks: list(anything(), { default: [] }),
  training: trainingSchema,
  prediction: predictionSchema,
  kfold: kfoldSchema,
});
