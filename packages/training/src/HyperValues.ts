import { ArgumentError, didYouMean, NotFoundError, type Optimizer, type Program } from '@delira/core';
import { type Schedule, stepsPerUpdate } from '@delira/optim';
import type { RunPosition } from './RunPosition.js';

interface Entry {
  readonly name: string;
  readonly stepsPerUpdate: number;
  readonly schedule: Schedule | null;
  readonly fallback: number;
}

/** Which value each runtime scalar has at a step: what a callback set, else its schedule's, else the optimizer's default. */
export class HyperValues {
  readonly #entries: readonly Entry[];

  /**
   * @param defaults the optimizers' hypers, such as `default.lr`.
   * @throws NotFoundError for a schedule of a hyper that its group's optimizer does not have.
   */
  constructor(
    defaults: Readonly<Record<string, number>>,
    optimizers: Readonly<Record<string, Optimizer>>,
    schedules: Readonly<Record<string, Schedule>>,
  ) {
    const groupOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
    for (const name of Object.keys(schedules)) {
      if (!Object.hasOwn(defaults, name) && optimizers[groupOf(name)] !== undefined)
        throw new NotFoundError(
          `There is a schedule for "${name}", but the optimizers have the hypers ${Object.keys(defaults).join(', ') || 'none'}.${didYouMean(name, Object.keys(defaults))}`,
        );
    }
    this.#entries = [...new Set([...Object.keys(defaults), ...Object.keys(schedules)])].map((name) => {
      const optimizer = optimizers[groupOf(name)];
      return {
        name,
        stepsPerUpdate: optimizer === undefined ? 1 : stepsPerUpdate(optimizer),
        schedule: schedules[name] ?? null,
        fallback: defaults[name] ?? NaN,
      };
    });
  }

  get names(): readonly string[] {
    return this.#entries.map(({ name }) => name);
  }

  /** @throws ArgumentError when a schedule gives no finite number. */
  at(
    { step, epoch }: Pick<RunPosition, 'step' | 'epoch'>,
    overrides: Readonly<Record<string, number>>,
  ): Record<string, number> {
    const values: Record<string, number> = {};
    for (const { name, stepsPerUpdate, schedule, fallback } of this.#entries) {
      const counts = schedule?.counts ?? 'update';
      const count = counts === 'epoch' ? epoch : Math.floor(step / stepsPerUpdate);
      const value = overrides[name] ?? schedule?.(count) ?? fallback;
      if (!Number.isFinite(value))
        throw new ArgumentError(
          `The schedule of "${name}" gave ${value} for ${counts} ${count}. It must give a finite number for every ${counts} from 0.`,
        );
      values[name] = value;
    }
    return values;
  }

  /** @throws NotFoundError unless the Program takes every scheduled hyper of its own, and each it takes has a value. */
  check(program: Program, defaults: Readonly<Record<string, number>>): void {
    const taken = Object.keys(program.hyper);
    for (const name of taken) {
      if (!this.names.includes(name))
        throw new NotFoundError(
          `${program.name} reads the hyper "${name}", which has no value.${didYouMean(name, this.names)} Give it a schedule: schedules: { '${name}': constantSchedule(1) }.`,
        );
    }
    for (const name of this.names) {
      if (!Object.hasOwn(defaults, name) && !taken.includes(name))
        throw new NotFoundError(
          `There is a schedule for "${name}", but ${program.name} reads only the hypers ${taken.join(', ') || 'none'}.${didYouMean(name, taken)}`,
        );
    }
  }
}

/**
 * Hypers as a record that reads and writes through functions: `record['default.lr'] /= 10`. Deleting an entry gives it back to its
 * schedule.
 */
export function hyperRecord(
  read: () => Readonly<Record<string, number>>,
  write: (name: string, value: number | null) => void,
): Record<string, number> {
  const change = (name: string | symbol, value: unknown): true => {
    const names = Object.keys(read());
    if (typeof name !== 'string' || !names.includes(name))
      throw new NotFoundError(
        `There is no hyper "${String(name)}".${didYouMean(String(name), names)} There is: ${names.join(', ') || 'none'}.`,
      );
    if (value !== null && (typeof value !== 'number' || !Number.isFinite(value)))
      throw new ArgumentError(`The hyper "${name}" must be a finite number, got ${String(value)}.`);
    write(name, value);
    return true;
  };
  return new Proxy<Record<string, number>>(
    {},
    {
      get: (_, name) => (typeof name === 'string' ? read()[name] : undefined),
      set: (_, name, value) => change(name, value),
      deleteProperty: (_, name) => change(name, null),
      has: (_, name) => typeof name === 'string' && Object.hasOwn(read(), name),
      ownKeys: () => Object.keys(read()),
      getOwnPropertyDescriptor: (_, name) => {
        const values = read();
        return typeof name === 'string' && Object.hasOwn(values, name)
          ? { value: values[name], writable: true, enumerable: true, configurable: true }
          : undefined;
      },
    },
  );
}
