import { ArgumentError, type Json, type NDArray } from '@delira/core';
import type { Callback, Hook, RunView } from './Callback.js';
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

/** The points of a training. */
export type HookName = {
  [K in keyof Callback]-?: NonNullable<Callback[K]> extends Hook ? (K extends `on${string}` ? K : never) : never;
}[keyof Callback];

type Overrides = Partial<Pick<RunView, 'epoch' | 'step' | 'metrics'>>;

/** Calls what callbacks have for the points of a training. */
export class Hooks {
  constructor(private readonly options: HooksOptions) {}

  /** Runs a hook of every callback, in order. `overrides`: where the view differs from the run's position. */
  async call(hook: HookName, overrides: Overrides = {}): Promise<void> {
    const callbacks = this.options.callbacks.filter((callback) => callback[hook] !== undefined);
    if (callbacks.length === 0) return;
    const view = this.#view(hook, overrides);
    for (const callback of callbacks) await callback[hook]!(view);
  }

  /** Tells callbacks what the training failed from. */
  async failed(error: unknown): Promise<void> {
    for (const callback of this.options.callbacks) await callback.onError?.(this.#view('onTrainEnd'), error);
  }

  /** The values that callbacks read. */
  monitors(): readonly string[] {
    return this.options.callbacks.flatMap((callback) => callback.monitors?.(this.#view('onTrainBegin')) ?? []);
  }

  /** What callbacks must remember, by their place and kind. */
  states(): Readonly<Record<string, Json>> {
    const states = this.options.callbacks.map((callback, place) => {
      const state = callback.state?.();
      return state === undefined ? [] : [[keyOf(callback, place), state] as const];
    });
    return Object.fromEntries(states.flat());
  }

  /** Gives callbacks what they remembered. Names those that have nothing to be given, and what nobody takes. */
  restore(states: Readonly<Record<string, Json>>): readonly string[] {
    const left = new Set(Object.keys(states));
    const problems: string[] = [];
    for (const [place, callback] of this.options.callbacks.entries()) {
      if (callback.restore === undefined) continue;
      const key = keyOf(callback, place);
      const state = states[key];
      if (state === undefined) problems.push(`there is no state of ${key} in it`);
      else callback.restore(state);
      left.delete(key);
    }
    return [...problems, ...[...left].map((key) => `nobody takes the state of ${key}`)];
  }

  #view(hook: HookName, overrides: Overrides = {}): RunView {
    const { run, hypers, fold, savePath, monitor, metrics, save, variables } = this.options;
    const { epoch, step, history } = run.position;
    return {
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
  }

  #setHyper(hook: HookName, name: string, value: number | null): void {
    const { run, stepsPerCall } = this.options;
    if ((hook === 'onBatchEnd' || hook === 'onBatchBegin') && stepsPerCall !== 1)
      throw new ArgumentError(
        `"${name}" was set at ${hook}: it would act from a step that depends on how many steps go into a call. Set it at an epoch's begin or end, use a schedule, or pass stepsPerCall: 1.`,
      );
    const { [name]: _, ...others } = run.position.hyper;
    run.position = { ...run.position, hyper: value === null ? others : { ...others, [name]: value } };
  }
}

/** The second callback of the list that is an `Averages`: `'1.Averages'`. */
function keyOf(callback: Callback, place: number): string {
  return `${place}.${callback.constructor.name}`;
}
