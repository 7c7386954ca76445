import { type Issue, ParametersError } from '../errors.js';
import { type Path, printPath } from '../tree/paths.js';
import { check } from './check.js';
import type { Schema, SchemaIssue } from './Schema.js';

/**
 * What `schema` makes of `value`: its type, with defaults filled in.
 *
 * @param path where the value is, for the messages.
 * @throws ParametersError with every issue and its path.
 * @throws ArgumentError when the schema checks asynchronously.
 */
export function validate<T>(schema: Schema<T>, value: unknown, path: Path = []): T {
  const result = check(schema, value);
  if (result.issues !== undefined) throw new ParametersError(result.issues.map((issue) => locate(issue, path)));
  return result.value;
}

function locate({ message, path = [] }: SchemaIssue, around: Path): Issue {
  const steps = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  return {
    path: printPath([...around, ...steps.map((step) => (typeof step === 'number' ? step : String(step)))]),
    message,
  };
}
