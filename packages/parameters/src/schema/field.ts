import { printValue } from '../tree/printValue.js';
import { plainSchema, type PlainSchema, type SchemaResult } from './Schema.js';

/** `default` stands in for a value that is not there; without one, the value must be given. */
export interface FieldOptions<T> {
  readonly default?: T;
}

/** A schema that says `expected` where `check` returns undefined. */
export function field<T>(
  expected: string,
  options: FieldOptions<T>,
  check: (value: unknown) => SchemaResult<T> | undefined,
): PlainSchema<T> {
  return plainSchema((value) => {
    if (value === undefined)
      return options.default === undefined ? fail(`is missing; it must be ${expected}.`) : { value: options.default };
    return check(value) ?? notA(expected, value);
  });
}

export function fail(message: string): { readonly issues: readonly [{ readonly message: string }] } {
  return { issues: [{ message }] };
}

export function notA(expected: string, value: unknown): ReturnType<typeof fail> {
  return fail(`is ${printValue(value)}, but must be ${expected}.`);
}
