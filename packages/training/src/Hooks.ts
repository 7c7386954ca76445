import { ArgumentError, type NDArray } from '@delira/core';
import type { Callback, RunView } from './Callback.js';
import { hyperRecord, type HyperValues } from './HyperValues.js';
import { directionOf, type Directed, type Monitor } from './Monitor.js';
import type { Run } from './Run.js';

export interface HooksOptions {
  readonly callbacks: readonly Callback[];
  readonly run: Run;
  readonly hypers: HyperValues;
  readonly fold: number | null;
  readonly savePath: string | null;
  readonly monitor: Monitor;
  readonly metrics: readonly Directed[];
  readonly stepsPerCall: number | 'auto';
  readonly save: (path: string) => Promise<void>;
  readonly variables: () => Promise<ReadonlyMap<string, NDArray>>;
}

/** Calls what callbacks have for the points of a training. */
export class Hooks {
  constructor(private readonly options: HooksOptions) {}

  /** Runs a hook of every callback, in order. `overrides`: where the view differs from the run's position. */
  async call(
    hook: keyof Callback,
    overrides: Partial<Pick<RunView, 'epoch' | 'step' | 'metrics'>> = {},
  ): Promise<void> {
    const callbacks = this.options.callbacks.filter((callback) => callback[hook] !== undefined);
    if (callbacks.length === 0) return;
    const { run, hypers, fold, savePath, monitor, metrics, save, variables } = this.options;
    const { epoch, step, history } = run.position;
    const view: RunView = {
      epoch,
      epochs: run.epochs,
      step,
      fold,
      savePath,
      metrics: history.at(-1) ?? {},
      history,
      monitor,
      better: (name) => directionOf(name, metrics),
      hyper: hyperRecord(
        () => hypers.at(run.position, run.position.hyper),
        (name, value) => this.#setHyper(hook, name, value),
      ),
      get stopped() {
        return run.stopped;
      },
      stop: (reason, options) => run.stop(reason, options),
      save,
      variables,
      ...overrides,
    };
    for (const callback of callbacks) await callback[hook]!(view);
  }

  #setHyper(hook: keyof Callback, name: string, value: number | null): void {
    const { run, stepsPerCall } = this.options;
    if (hook === 'onBatchEnd' && stepsPerCall !== 1)
      throw new ArgumentError(
        `"${name}" was set at onBatchEnd: it would act from a step that depends on how many steps go into a call. Set it at an epoch's begin or end, use a schedule, or pass stepsPerCall: 1.`,
      );
    const { [name]: _, ...others } = run.position.hyper;
    run.position = { ...run.position, hyper: value === null ? others : { ...others, [name]: value } };
  }
}
