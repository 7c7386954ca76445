import type { Json } from '@delira/core';
import { Config, Parameters, type ParameterTree, readComponent, schema, type Values } from '@delira/parameters';
import type { Manifest } from '@delira/training';
import type { DataFacts } from '../registries/Registries.js';
import { namingConfig } from './ConfigError.js';
import { configSchema, type RunConfig } from './configSchema.js';

/** What a run's folder keeps besides its config. */
export interface Recorded {
  /** Folder that relative paths of data start from. */
  readonly root: string;
  readonly data: DataFacts;
  /** Whether the run needs a module of the user's own. Which one it was is not recorded: a folder never names code. */
  readonly needsModule: boolean;
}

const recordedSchema = schema.object({
  root: schema.string(),
  data: schema.object({
    classes: schema.list(schema.string()),
    channels: schema.integer({ minimum: 1 }),
    rank: schema.integer({ minimum: 2, maximum: 3 }),
  }),
  needsModule: schema.boolean(),
});

/** A config as an experiment's parameters: the network's description, and everything else as those of the training. */
export function toParameters({ model, training, module: _, ...others }: RunConfig, recorded: Recorded): Parameters {
  const kept = Object.fromEntries(
    Object.entries({ ...training, ...others }).filter(([, value]) => value !== undefined),
  );
  const { type, options } = readComponent(model, ['model']);
  return new Parameters({
    fixed: { model: { type, options }, training: { ...kept, recorded } as unknown as Values },
  });
}

/** Names that stand on top of a config, not in its `training`. */
const ON_TOP = [
  'seed',
  'backend',
  'dataset',
  'validation',
  'test',
  'preprocessing',
  'transforms',
  'loss',
  'optimizer',
  'schedule',
  'metrics',
  'callbacks',
  'prediction',
  'kfold',
];

/**
 * The config that a run was begun with.
 *
 * @throws ConfigError when the folder's parameters are not those of a config: it was not made by this program.
 */
export function fromManifest(
  folder: string,
  { parameters }: Manifest,
): { readonly config: RunConfig; readonly recorded: Recorded } {
  return namingConfig(`${folder}/manifest.json`, () => {
    const { model, training } = new Parameters(parameters as ParameterTree).values;
    const { recorded, ...others } = training as Readonly<Record<string, Json>>;
    const part = (onTop: boolean): Values =>
      Object.fromEntries(Object.entries(others).filter(([name]) => ON_TOP.includes(name) === onTop));
    const config = new Config({ ...part(true), model: model as Values, training: part(false) });
    const checked = new Config({ recorded: recorded ?? {} }).validate(schema.object({ recorded: recordedSchema }));
    const { data, ...rest } = checked.recorded;
    return {
      config: config.validate(configSchema),
      recorded: { ...rest, data: { ...data, rank: data.rank === 2 ? 2 : 3 } },
    };
  });
}
