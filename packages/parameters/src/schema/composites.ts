import { didYouMean, type Json } from '@delira/core';
import { check } from './check.js';
import { field, type FieldOptions, notA } from './field.js';
import { type OutputOf, plainSchema, type PlainSchema, type Schema, type SchemaIssue } from './Schema.js';

/** Any value, as it is. */
export function anything(options: FieldOptions<Json> = {}): PlainSchema<Json> {
  return field('a value', options, (value) => ({ value: value as Json }));
}

/** What `item` makes of a value, or nothing where there is none. */
export function optional<T>(item: Schema<T>): PlainSchema<T | undefined> {
  return plainSchema<T | undefined>((value) => (value === undefined ? { value: undefined } : check(item, value)));
}

/** What `item` makes of a value, or null where it is null. */
export function nullable<T>(item: Schema<T>): PlainSchema<T | null> {
  return plainSchema<T | null>((value) => (value === null ? { value: null } : check(item, value)));
}

/** A list whose items all follow `item`. */
export function list<T>(item: Schema<T>, options: FieldOptions<readonly T[]> = {}): PlainSchema<readonly T[]> {
  return field('a list', options, (value) => {
    if (!Array.isArray(value)) return undefined;
    const issues: SchemaIssue[] = [];
    const made = value.map((one: unknown, index) => make(item, one, index, issues));
    return issues.length > 0 ? { issues } : { value: made as readonly T[] };
  });
}

/** A mapping with names of any kind, whose values all follow `item`. */
export function record<T>(
  item: Schema<T>,
  options: FieldOptions<Readonly<Record<string, T>>> = {},
): PlainSchema<Readonly<Record<string, T>>> {
  return field('a mapping', options, (value) => {
    if (!isRecord(value)) return undefined;
    const issues: SchemaIssue[] = [];
    const made = Object.entries(value).map(([name, one]) => [name, make(item, one, name, issues)] as const);
    return issues.length > 0 ? { issues } : { value: Object.fromEntries(made) as Readonly<Record<string, T>> };
  });
}

type Fields = Readonly<Record<string, Schema<unknown>>>;
type OptionalNames<F> = { [K in keyof F]: undefined extends OutputOf<F[K]> ? K : never }[keyof F];

/** What `object` makes: fields that may be undefined may be left out. */
export type ObjectOf<F> = {
  readonly [K in Exclude<keyof F, OptionalNames<F>>]: OutputOf<F[K]>;
} & { readonly [K in OptionalNames<F>]?: Exclude<OutputOf<F[K]>, undefined> };

/** A mapping with these names and no others; for an unknown one the nearest is suggested. Where there is no mapping at all, the defaults of `fields` hold. */
export function object<const F extends Fields>(fields: F): PlainSchema<ObjectOf<F>> {
  return plainSchema((value = {}) => {
    if (!isRecord(value)) return notA('a mapping', value);
    const issues: SchemaIssue[] = [];
    const made: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(fields)) {
      const one = make(schema, Object.hasOwn(value, name) ? value[name] : undefined, name, issues);
      if (one !== undefined) made[name] = one;
    }
    for (const name of Object.keys(value))
      if (!Object.hasOwn(fields, name)) issues.push({ path: [name], message: unknown(name, Object.keys(fields)) });
    return issues.length > 0 ? { issues } : { value: made as ObjectOf<F> };
  });
}

/** Says that a name is not known, which are, and which of them is nearest. */
export function unknown(name: string, known: readonly string[]): string {
  return `is not known here.${didYouMean(name, known)} Known: ${known.join(', ') || 'nothing'}.`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function make(schema: Schema<unknown>, value: unknown, step: string | number, issues: SchemaIssue[]): unknown {
  const result = check(schema, value);
  if (result.issues === undefined) return result.value;
  issues.push(...result.issues.map(({ message, path = [] }) => ({ message, path: [step, ...path] })));
  return undefined;
}
