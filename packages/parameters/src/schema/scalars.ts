import { didYouMean } from '@delira/core';
import { type PlainSchema, type SchemaResult } from './Schema.js';
import { fail, field, type FieldOptions } from './field.js';

export interface NumberOptions extends FieldOptions<number> {
  /** Smallest number allowed. */
  readonly minimum?: number;
  /** Largest number allowed. */
  readonly maximum?: number;
}

export interface StringOptions<C extends string> extends FieldOptions<C> {
  /** The only values allowed. */
  readonly choices?: readonly C[];
}

/** A finite number. */
export function number(options: NumberOptions = {}): PlainSchema<number> {
  return field('a number', options, (value) => (isNumber(value) ? checkRange(value, options) : undefined));
}

/** A whole number that is kept exactly. */
export function integer(options: NumberOptions = {}): PlainSchema<number> {
  return field('a whole number', options, (value) =>
    isNumber(value) && Number.isSafeInteger(value) ? checkRange(value, options) : undefined,
  );
}

export function boolean(options: FieldOptions<boolean> = {}): PlainSchema<boolean> {
  return field('true or false', options, (value) => (typeof value === 'boolean' ? { value } : undefined));
}

export function string<const C extends string = string>(options: StringOptions<C> = {}): PlainSchema<C> {
  const { choices } = options;
  return field('a string', options, (value) => {
    if (typeof value !== 'string') return undefined;
    const choice = choices === undefined ? (value as C) : choices.find((one) => one === value);
    if (choice !== undefined) return { value: choice };
    return fail(`is "${value}", but must be one of ${choices!.join(', ')}.${didYouMean(value, choices!)}`);
  });
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function checkRange(value: number, { minimum = -Infinity, maximum = Infinity }: NumberOptions): SchemaResult<number> {
  if (value < minimum) return fail(`is ${value}, but must be at least ${minimum}.`);
  return value > maximum ? fail(`is ${value}, but must be at most ${maximum}.`) : { value };
}
