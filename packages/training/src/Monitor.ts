import { didYouMean, NotFoundError } from '@delira/core';
import type { Metric } from '@delira/metrics';

/** What the best checkpoint is best in. */
export interface Monitor {
  /** A value of an epoch, such as `'val_accuracy'`. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
}

/** The first metric on the validation set, else the validation's loss. */
export function defaultMonitor(metrics: readonly Pick<Metric, 'name' | 'better'>[]): Monitor {
  const first = metrics[0];
  return first === undefined
    ? { name: 'val_loss', better: 'lower' }
    : { name: `val_${first.name}`, better: first.better };
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
    if (askedFor)
      throw new NotFoundError(
        `The monitored value "${monitor.name}" does not exist.${didYouMean(monitor.name, Object.keys(values))} There is: ${Object.keys(values).join(', ')}.`,
      );
    return null;
  }
  if (!Number.isFinite(value)) return null;
  if (best === null) return value;
  return (monitor.better === 'higher' ? value > best : value < best) ? value : null;
}
