import { InputError, type Json } from '@delira/core';
import { type Dataset, DataLoader, trainTestSplit, type Transform } from '@delira/data-loading';
import type { ProgressBar } from '@delira/logging';
import { createComponent, createComponents } from '@delira/parameters';
import { RandomSampler } from '@delira/samplers';
import type { Role } from '@delira/training';
import { Compose, toTransform } from '@delira/transforms';
import type { RunConfig } from '../config/configSchema.js';
import type { DataSource, OpenedData } from '../data/DataSource.js';
import { withFacts } from '../registries/Factory.js';
import type { DataFacts, Registries } from '../registries/Registries.js';

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
}

/** Finds, loads and splits what a config says of data, and makes loaders of it. */
export class RunData {
  readonly source: DataSource;
  readonly #options: RunDataOptions;

  /** @throws ParametersError for a description that is none. */
  constructor(options: RunDataOptions) {
    this.#options = options;
    this.source = this.#sourceOf(options.config.dataset, 'dataset');
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
    const { config, progress } = this.#options;
    const whole = await opened.load({ progress });
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
    if (typeof said !== 'number')
      return { rest: dataset, part: await this.#loadAlike(this.#sourceOf(said, name), facts, name) };
    const { seed } = this.#options.config;
    const stratify = dataset.targets !== undefined;
    const { train, test } = trainTestSplit(dataset, { testSize: said, seed, stratify });
    return { rest: train, part: test };
  }

  async #loadAlike(source: DataSource, facts: DataFacts, name: string): Promise<Dataset> {
    const opened = await source.open();
    checkAlike(opened.facts, facts, name);
    return opened.load({ progress: this.#options.progress });
  }

  /** Preprocessing of every sample, then what its role adds. @throws ParametersError */
  transform(role: Role, facts: DataFacts): Transform {
    const { config, registries } = this.#options;
    const registry = withFacts(registries.transforms, facts);
    const own = role === 'train' ? 'train' : 'val';
    return toTransform(
      new Compose([
        ...createComponents(registry, config.preprocessing, 'preprocessing'),
        ...createComponents(registry, config.transforms[own], `transforms.${own}`),
      ]),
    );
  }

  /** Preprocessing alone: for what is predicted. */
  preprocessing(facts: DataFacts): Transform {
    const { config, registries } = this.#options;
    const registry = withFacts(registries.transforms, facts);
    return toTransform(new Compose([...createComponents(registry, config.preprocessing, 'preprocessing')]));
  }

  loader(dataset: Dataset, role: Role, seed: number, facts: DataFacts): DataLoader {
    const { batchSize, evaluationBatchSize } = this.#options.config.training;
    const transform = this.transform(role, facts);
    const inEvaluation = evaluationBatchSize ?? (this.source.task === 'classification' ? batchSize : 1);
    const wanted = role === 'train' ? batchSize : inEvaluation;
    return new DataLoader({
      dataset,
      batchSize: Math.min(wanted, dataset.length),
      seed,
      transform,
      ...(role === 'train' ? { sampler: new RandomSampler(dataset, { seed }) } : {}),
    });
  }
}

/** @throws InputError when data has other classes or channels than a network was, or is to be, trained for. */
export function checkAlike(found: DataFacts, expected: DataFacts, name: string): void {
  const text = ({ classes, channels, rank }: DataFacts): string =>
    `classes [${classes.join(', ')}], ${channels} channel${channels === 1 ? '' : 's'}, ${rank}D`;
  if (text(found) === text(expected)) return;
  throw new InputError(`${name}: the data has ${text(found)}; expected were ${text(expected)}.`);
}
