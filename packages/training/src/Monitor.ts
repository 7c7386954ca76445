import { didYouMean, NotFoundError } from '@delira/core';
import type { Metric } from '@delira/metrics';

/** What the best checkpoint is best in. */
export interface Monitor {
  /** A value of an epoch, such as `'val_accuracy'`. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
}

/** The part of a metric that says which way it gets better. */
export type Directed = Pick<Metric, 'name' | 'better'>;

/** The first metric on the validation set, else the validation's loss. */
export function defaultMonitor(metrics: readonly Directed[]): Monitor {
  const first = metrics[0];
  return first === undefined
    ? { name: 'val_loss', better: 'lower' }
    : { name: `val_${first.name}`, better: first.better };
}

/** Which way a value of an epoch gets better: as its metric says, and a loss when it gets lower. */
export function directionOf(name: string, metrics: readonly Directed[]): Monitor['better'] {
  return metrics.find((metric) => name === metric.name || name === `val_${metric.name}`)?.better ?? 'lower';
}

/** The error for a value that an epoch does not have. */
export function noSuchValue(name: string, names: readonly string[]): NotFoundError {
  const unvalidated = name.startsWith('val_') && !names.some((each) => each.startsWith('val_'));
  const hint = unvalidated ? ' There is no validation set.' : didYouMean(name, names);
  return new NotFoundError(`The monitored value "${name}" does not exist.${hint} There is: ${names.join(', ')}.`);
}

/**
 * The epoch's monitored value if it beats `best`, else null. An equal one does not beat it, NaN never does.
 *
 * @throws NotFoundError when a monitor that was asked for does not exist among the values.
 */
export function improvement(
  values: Readonly<Record<string, number>>,
  best: number | null,
  monitor: Monitor,
  askedFor: boolean,
): number | null {
  const value = values[monitor.name];
  if (value === undefined) {
    if (askedFor) throw noSuchValue(monitor.name, Object.keys(values));
    return null;
  }
  if (!Number.isFinite(value)) return null;
  if (best === null) return value;
  return (monitor.better === 'higher' ? value > best : value < best) ? value : null;
}
