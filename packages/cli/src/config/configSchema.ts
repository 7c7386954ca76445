import { type OutputOf, schema } from '@delira/parameters';

const { anything, boolean, integer, list, number, object, optional, string } = schema;

export const trainingSchema = object({
  epochs: integer({ minimum: 1, default: 10 }),
  batchSize: integer({ minimum: 1, default: 16 }),
  /** Default: batchSize for classes, 1 for segmentations, whose cases differ in size. */
  evaluationBatchSize: optional(integer({ minimum: 1 })),
  /** What the best checkpoint is best in; default the first metric on the validation set. */
  monitor: optional(string()),
  saveFrequency: integer({ minimum: 1, default: 1 }),
  keep: integer({ minimum: 0, default: 0 }),
  onSaveError: string({ choices: ['stop', 'continue'], default: 'stop' }),
  /** Bytes. */
  memoryLimit: optional(number({ minimum: 1 })),
});

export const predictionSchema = object({
  /** Extents of a window, one for each spatial axis; without it images are predicted whole. */
  window: optional(list(integer({ minimum: 1 }))),
  overlap: number({ minimum: 0, maximum: 1, default: 0.5 }),
  weighting: string({ choices: ['gaussian', 'constant'], default: 'gaussian' }),
  mirrorAxes: list(integer({ minimum: 0 }), { default: [] }),
  batchSize: integer({ minimum: 1, default: 1 }),
});

export const kfoldSchema = object({
  folds: integer({ minimum: 2, default: 5 }),
  shuffle: boolean({ default: true }),
  /** Default: where the dataset says the class of each sample. */
  stratify: optional(boolean()),
  /** Share of what a fold does not test. */
  valSize: number({ minimum: 0, default: 0.2 }),
});

/** All that a config can say. Descriptions of components are checked when they are made. */
export const configSchema = object({
  /** A file of one's own code, in the config's folder. */
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

export type RunConfig = OutputOf<typeof configSchema>;
