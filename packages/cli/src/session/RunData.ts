import { ArgumentError, InputError, type Json } from '@delira/core';
import { type Dataset, DataLoader, loadPipeline, trainTestSplit, type Transform } from '@delira/data-loading';
import type { ProgressBar } from '@delira/logging';
import { createComponent } from '@delira/parameters';
import { RandomSampler } from '@delira/samplers';
import type { Role } from '@delira/training';
import type { RunConfig } from '../config/configSchema.js';
import type { DataSource, OpenedData } from '../data/DataSource.js';
import type { PipelineOptions } from '../pipeline.js';
import { isWindowed } from '../prediction/windowsOf.js';
import { withFacts } from '../registries/Factory.js';
import type { DataFacts, Registries } from '../registries/Registries.js';
import { transformOf } from './transformOf.js';

/** The datasets of a config: what is trained on, what selects, what is tested on. */
export interface Parts {
  /** Training and validation together: what is cross-validated. */
  readonly all: Dataset;
  readonly train: Dataset;
  readonly val: Dataset | null;
  readonly test: Dataset | null;
}

export interface RunDataOptions {
  readonly config: RunConfig;
  readonly registries: Registries;
  /** Folder that relative paths start from. */
  readonly root: string;
  readonly progress: ProgressBar | false;
  /** The user's own, for workers. */
  readonly module: string | null;
}

/** Finds, loads and splits what a config says of data, and makes loaders of it. */
export class RunData {
  readonly source: DataSource;
  readonly #options: RunDataOptions;

  /** @throws ParametersError for a description that is none. */
  constructor(options: RunDataOptions) {
    this.#options = options;
    const { dataset, validation, test = null } = options.config;
    this.source = this.#sourceOf(dataset, 'dataset');
    // What is wrong in them is said before anything is loaded, too.
    if (isDescription(validation)) this.#sourceOf(validation, 'validation');
    if (isDescription(test)) this.#sourceOf(test, 'test');
  }

  #sourceOf(description: Json, path: string): DataSource {
    const { registries, root } = this.#options;
    return createComponent(withFacts(registries.datasets, { root }), description, path);
  }

  open(): Promise<OpenedData> {
    return this.source.open();
  }

  /**
   * Loads everything and splits it: first the test set is taken from it, then the validation set from what is left; both with the config's seed,
   * and each class in its proportion where the classes are known.
   *
   * @throws InputError, ArgumentError when there are too few samples.
   */
  async load(opened: OpenedData): Promise<Parts> {
    const { config } = this.#options;
    const whole = await this.#loadOpened(opened);
    const tested = await this.#part(whole, config.test ?? null, 'test', opened.facts);
    const validated = await this.#part(tested.rest, config.validation, 'validation', opened.facts);
    return { all: tested.rest, train: validated.rest, val: validated.part, test: tested.part };
  }

  /** All samples of another folder, to test on. */
  async elsewhere(folder: string, facts: DataFacts): Promise<Dataset> {
    return this.#loadAlike(this.source.elsewhere(folder), facts, folder);
  }

  async #part(
    dataset: Dataset,
    said: Json,
    name: 'test' | 'validation',
    facts: DataFacts,
  ): Promise<{ readonly rest: Dataset; readonly part: Dataset | null }> {
    if (said === null || said === 0 || said === false) return { rest: dataset, part: null };
    if (isDescription(said))
      return { rest: dataset, part: await this.#loadAlike(this.#sourceOf(said, name), facts, name) };
    const { seed } = this.#options.config;
    const stratify = dataset.targets !== undefined;
    try {
      const { train, test } = trainTestSplit(dataset, { testSize: said, seed, stratify });
      return { rest: train, part: test };
    } catch (cause) {
      if (!(cause instanceof ArgumentError || cause instanceof InputError)) throw cause;
      const rest = dataset.length;
      throw new InputError(
        `${name} is ${said}, which cannot be taken from ${rest} samples${stratify ? ' with every class in its share' : ''}: ${cause.message}`,
        { cause },
      );
    }
  }

  async #loadAlike(source: DataSource, facts: DataFacts, name: string): Promise<Dataset> {
    const opened = await source.open();
    checkAlike(opened.facts, facts, name);
    return this.#loadOpened(opened);
  }

  #loadOpened(opened: OpenedData): Promise<Dataset> {
    const { config, progress } = this.#options;
    return opened.load({ progress, shared: config.training.workers > 0 });
  }

  /** Preprocessing of every sample, then what its role adds; null: nothing, for what is predicted. @throws ParametersError */
  transform(role: Role | null, facts: DataFacts): Transform {
    const { config, registries } = this.#options;
    return transformOf({ config, facts, registries, role: this.#transformed(role) });
  }

  /** A test set is treated as a validation set is; what is judged window by window, as it is predicted. */
  #transformed(role: Role | null): 'train' | 'val' | null {
    if (role !== null && isWindowed(this.#options.config.prediction, role)) return null;
    return role === 'test' ? 'val' : role;
  }

  /** In the main thread, or by the config's `training.workers`: the batches are the same. */
  async loader(dataset: Dataset, role: Role, seed: number, facts: DataFacts): Promise<DataLoader> {
    const { config, module } = this.#options;
    const { batchSize, evaluationBatchSize, workers } = config.training;
    const inEvaluation = evaluationBatchSize ?? (this.source.task === 'classification' ? batchSize : 1);
    const wanted = role === 'train' ? batchSize : inEvaluation;
    const common = {
      dataset,
      batchSize: Math.min(wanted, dataset.length),
      seed,
      ...(role === 'train' ? { sampler: new RandomSampler(dataset, { seed }) } : {}),
    };
    if (workers === 0) return new DataLoader({ ...common, transform: this.transform(role, facts) });
    const { preprocessing, transforms } = config;
    const options: PipelineOptions = {
      config: { preprocessing, transforms },
      facts,
      role: this.#transformed(role),
      module,
    };
    const pipeline = await loadPipeline({ module: new URL('./pipeline.js', import.meta.url), options });
    return new DataLoader({ ...common, pipeline, workers });
  }
}

/** Of another dataset; not a share, a number, or none. */
function isDescription(said: Json): said is Exclude<Json, number | null | false> {
  return said !== null && said !== false && typeof said !== 'number';
}

/** @throws InputError when data has other classes or channels than a network was, or is to be, trained for. */
export function checkAlike(found: DataFacts, expected: DataFacts, name: string): void {
  const text = ({ classes, channels, rank }: DataFacts): string =>
    `classes [${classes.join(', ')}], ${channels} channel${channels === 1 ? '' : 's'}, ${rank}D`;
  if (text(found) === text(expected)) return;
  throw new InputError(`${name}: the data has ${text(found)}; expected were ${text(expected)}.`);
}
