import { type Loss, type Network, type Optimizer, Registry, type Tensor } from '@delira/core';
import type { Metric } from '@delira/metrics';
import type { Schedule } from '@delira/optim';
import type { Callback } from '@delira/training';
import type { Augmentation } from '@delira/transforms';
import type { DataSource } from '../data/DataSource.js';
import { addCallbacks } from './callbacks.js';
import { addDatasets } from './datasets.js';
import type { Factory } from './Factory.js';
import { addLosses } from './losses.js';
import { addMetrics } from './metrics.js';
import { addNetworks } from './networks.js';
import { addOptimizers } from './optimizers.js';
import { addSchedules } from './schedules.js';
import { addTransforms } from './transforms.js';

export type AnyTensors = Readonly<Record<string, Tensor>>;
export type AnyNetwork = Network<AnyTensors, AnyTensors>;
export type AnyLoss = Loss<AnyTensors, AnyTensors>;

/** What is known of the data that a network is made for. */
export interface DataFacts {
  /** Names of the classes in the order of their numbers; of a segmentation the background is the first. */
  readonly classes: readonly string[];
  /** Channels of an image. */
  readonly channels: number;
  /** Spatial axes of an image. */
  readonly rank: 2 | 3;
}

/** What a schedule's options need not repeat. */
export interface ScheduleFacts {
  readonly epochs: number;
  /** Of the optimizer whose value it is. */
  readonly initial: number | null;
}

export interface DatasetFacts {
  /** Folder that relative paths start from. */
  readonly root: string;
}

/** What configs can name. A module of one's own adds to it: `export function register({ networks }) { networks.register('Mine', …) }`. */
export interface Registries {
  readonly datasets: Registry<Factory<DataSource, DatasetFacts>>;
  readonly transforms: Registry<Factory<Augmentation, DataFacts>>;
  readonly networks: Registry<Factory<AnyNetwork, DataFacts>>;
  readonly losses: Registry<Factory<AnyLoss, DataFacts>>;
  readonly optimizers: Registry<Factory<Optimizer, DataFacts>>;
  readonly schedules: Registry<Factory<Schedule, ScheduleFacts>>;
  readonly metrics: Registry<Factory<Metric, DataFacts>>;
  readonly callbacks: Registry<Factory<Callback, DataFacts>>;
}

/** Everything that the packages have; a new one for each process, so that nothing is registered twice. */
export function createRegistries(): Registries {
  const registries: Registries = {
    datasets: new Registry('dataset'),
    transforms: new Registry('transform'),
    networks: new Registry('network'),
    losses: new Registry('loss'),
    optimizers: new Registry('optimizer'),
    schedules: new Registry('schedule'),
    metrics: new Registry('metric'),
    callbacks: new Registry('callback'),
  };
  addDatasets(registries.datasets);
  addTransforms(registries.transforms);
  addNetworks(registries.networks);
  addLosses(registries.losses);
  addOptimizers(registries.optimizers);
  addSchedules(registries.schedules);
  addMetrics(registries.metrics);
  addCallbacks(registries.callbacks);
  return registries;
}
