import type { RunView } from '../Callback.js';
import { type Monitor, noSuchValue } from '../Monitor.js';

export interface MonitoredOptions {
  /** A value of an epoch: a loss or metric, of the validation set with `val_`. Default: the trainer's `monitor`. */
  readonly monitor?: string;
  /** Whether a lower value is better or a higher one. Default: as the value's metric says; of a loss, `'min'`. */
  readonly mode?: 'min' | 'max';
}

/**
 * The value that a callback watches, over the finished epochs. A callback that decides from it alone has no state of its own: what it
 * goes by is in every checkpoint, so it decides the same after a resume.
 */
export class Monitored {
  constructor(private readonly options: MonitoredOptions) {}

  name({ monitor }: RunView): string {
    return this.options.monitor ?? monitor.name;
  }

  better(run: RunView): Monitor['better'] {
    const { mode } = this.options;
    if (mode !== undefined) return mode === 'min' ? 'lower' : 'higher';
    const name = this.name(run);
    return name === run.monitor.name ? run.monitor.better : run.better(name);
  }

  /** Of each epoch that has it. */
  values(run: RunView): readonly number[] {
    const name = this.name(run);
    return run.history.flatMap((values) => values[name] ?? []);
  }

  /** @throws NotFoundError listing what there is, unless the epoch that ended has the value. */
  check(run: RunView): void {
    const name = this.name(run);
    if (run.metrics[name] === undefined) throw noSuchValue(name, Object.keys(run.metrics));
  }
}
