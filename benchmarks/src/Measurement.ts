import type { ParseArgsConfig } from 'node:util';

/** Values of the options a bench declared, as `util.parseArgs` gives them. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

type Value = string | number | boolean | null | readonly number[];

/** Named values, or such of them. */
interface Nested {
  readonly [name: string]: Value | Nested;
}

/** The last line that a bench prints, as one JSON object; `bench` is its name. */
export type MeasurementResult = Readonly<Record<string, Value | Nested | readonly Readonly<Record<string, Value>>[]>>;

/** A measurement that is started by name: `npm run bench -- NAME`, `npm run stress -- NAME`. */
export interface Measurement {
  readonly name: string;
  readonly description: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** A line per option, printed by `--help`. */
  readonly help: readonly string[];
  /** Prints its table and returns the last line. `passed: false` in the result makes the program fail. */
  run(values: OptionValues): Promise<MeasurementResult>;
}

/** @throws RangeError naming the option when it is not a positive integer. */
export function positiveInteger(values: OptionValues, option: string): number {
  const value = Number(values[option]);
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`--${option} is ${String(values[option])}; it takes a positive integer.`);
  }
  return value;
}

/** `32,1,64,64` → `[32, 1, 64, 64]`. @throws RangeError */
export function shapeOption(values: OptionValues, option = 'shape'): readonly number[] {
  const text = String(values[option]);
  const shape = text.split(',').map(Number);
  if (shape.length < 3 || shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new RangeError(`--${option} is ${text}; it takes batch,channels,height,width such as 32,1,64,64.`);
  }
  return shape;
}

/** @throws RangeError listing the choices. */
export function choice<C extends string>(values: OptionValues, option: string, choices: readonly C[]): C {
  const found = choices.find((candidate) => candidate === values[option]);
  if (found === undefined) {
    throw new RangeError(`--${option} is ${String(values[option])}; it takes one of ${choices.join(', ')}.`);
  }
  return found;
}
