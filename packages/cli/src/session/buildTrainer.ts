import type { Optimizer } from '@delira/core';
import type { Json } from '@delira/core';
import type { ProgressBar } from '@delira/logging';
import type { Metric } from '@delira/metrics';
import type { Schedule } from '@delira/optim';
import { createComponent, createComponents, createNamedComponents } from '@delira/parameters';
import type { BuiltTrainer } from '@delira/training';
import type { RunConfig } from '../config/configSchema.js';
import { windowsOf } from '../prediction/windowsOf.js';
import { withFacts } from '../registries/Factory.js';
import type { AnyLoss, AnyNetwork, AnyTensors, DataFacts, Registries } from '../registries/Registries.js';

export type Built = BuiltTrainer<AnyTensors, AnyTensors> & { readonly network: AnyNetwork };

/**
 * Network, losses, optimizers, schedules, metrics and callbacks that a config names, new ones each time.
 *
 * @throws ParametersError naming the place in the config.
 */
export function buildTrainer(
  config: RunConfig,
  facts: DataFacts,
  registries: Registries,
  progress: ProgressBar | false,
): Built {
  const { training } = config;
  const network = createComponent(withFacts(registries.networks, facts), config.model, 'model');
  const losses: Readonly<Record<string, AnyLoss>> = isNamed(config.loss)
    ? createNamedComponents(withFacts(registries.losses, facts), config.loss, 'loss')
    : { [lowerFirst(nameOf(config.loss))]: createComponent(withFacts(registries.losses, facts), config.loss, 'loss') };
  const optimizers: Readonly<Record<string, Optimizer>> = isNamed(config.optimizer)
    ? createNamedComponents(withFacts(registries.optimizers, facts), config.optimizer, 'optimizer')
    : { default: createComponent(withFacts(registries.optimizers, facts), config.optimizer, 'optimizer') };
  const metrics = createComponents(withFacts(registries.metrics, facts), config.metrics, 'metrics');
  const callbacks = createComponents(withFacts(registries.callbacks, facts), config.callbacks, 'callbacks');
  return {
    network,
    losses,
    optimizers,
    metrics,
    callbacks,
    schedules: schedulesOf(config, optimizers, registries),
    progress,
    saveFrequency: training.saveFrequency,
    keep: training.keep,
    onSaveError: training.onSaveError,
    ...(training.monitor === undefined ? {} : { monitor: monitorOf(training.monitor, metrics) }),
    windows: windowsOf(config.prediction, facts),
    ...(training.memoryLimit === undefined ? {} : { memoryLimit: training.memoryLimit }),
  };
}

/** Of one schedule, that of the learning rate; or of each hyper that is named, `default.lr`. */
function schedulesOf(
  { schedule, training }: RunConfig,
  optimizers: Readonly<Record<string, Optimizer>>,
  { schedules }: Registries,
): Readonly<Record<string, Schedule>> {
  if (schedule === undefined || schedule === null) return {};
  const initialOf = (hyper: string): number | null => {
    const [group = '', ...name] = hyper.split('.');
    return optimizers[group]?.hyper[name.join('.')] ?? null;
  };
  const make = (description: Json, hyper: string, path: string): Schedule =>
    createComponent(withFacts(schedules, { epochs: training.epochs, initial: initialOf(hyper) }), description, path);
  if (!isNamed(schedule))
    return Object.fromEntries(
      Object.keys(optimizers).map((group) => [`${group}.lr`, make(schedule, `${group}.lr`, 'schedule')]),
    );
  return Object.fromEntries(
    Object.entries(schedule).map(([hyper, description]) => [
      hyper,
      make(description, hyper, `schedule[${JSON.stringify(hyper)}]`),
    ]),
  );
}

/** Better when higher or lower: as its metric says, and a loss when it is lower. */
function monitorOf(name: string, metrics: readonly Metric[]): NonNullable<Built['monitor']> {
  const metric = metrics.find((each) => name === each.name || name === `val_${each.name}`);
  return { name, better: metric?.better ?? 'lower' };
}

/** Whether several descriptions are given by name, not one. */
function isNamed(description: Json): description is Readonly<Record<string, Json>> {
  return (
    typeof description === 'object' && description !== null && !Array.isArray(description) && !('type' in description)
  );
}

function nameOf(description: Json): string {
  if (typeof description === 'string') return description;
  const type = (description as Readonly<Record<string, Json>> | null)?.['type'];
  return typeof type === 'string' ? type : 'loss';
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
