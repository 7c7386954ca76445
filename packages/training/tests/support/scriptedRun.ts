import type { Callback, RunView } from '../../src/index.js';

export interface ScriptedRunOptions {
  readonly hyper?: Record<string, number>;
  /** Name of the value; default `'val_loss'`. */
  readonly name?: string;
  readonly better?: 'higher' | 'lower';
}

export interface ScriptedRun {
  /** Why it was stopped, or null. */
  readonly stopped: string | null;
  /** Finished epochs. */
  readonly epochs: number;
  /** The hypers after each epoch. */
  readonly hypers: readonly Readonly<Record<string, number>>[];
}

/** Runs a callback through epochs that give these values, until it stops. */
export async function scriptedRun(
  callback: Callback,
  values: readonly number[],
  { hyper = { 'default.lr': 0.1 }, name = 'val_loss', better = 'lower' }: ScriptedRunOptions = {},
): Promise<ScriptedRun> {
  let stopped: string | null = null;
  const history: Record<string, number>[] = [];
  const hypers: Record<string, number>[] = [];
  const rates = { ...hyper };
  const view = (epoch: number): RunView => ({
    epoch,
    epochs: values.length,
    step: epoch,
    fold: null,
    savePath: null,
    metrics: history.at(-1) ?? {},
    history,
    monitor: { name, better },
    better: () => better,
    hyper: rates,
    get stopped() {
      return stopped;
    },
    stop: (reason) => {
      stopped ??= reason;
    },
    save: () => Promise.resolve(),
    variables: () => Promise.resolve(new Map()),
  });
  await callback.onTrainBegin?.(view(0));
  for (const [epoch, value] of values.entries()) {
    if (stopped !== null) break;
    history.push({ [name]: value });
    await callback.onEpochEnd?.(view(epoch));
    hypers.push({ ...rates });
  }
  return { stopped, epochs: history.length, hypers };
}
