import { ArgumentError } from '@delira/core';
import type { Schema, SchemaResult } from './Schema.js';

/** @throws ArgumentError when the schema checks asynchronously. */
export function check<T>(schema: Schema<T>, value: unknown): SchemaResult<T> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise)
    throw new ArgumentError(
      'This schema checks asynchronously, which parameters cannot wait for. Use a synchronous one.',
    );
  return result;
}
