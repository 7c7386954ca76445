import { ArgumentError } from '@delira/core';

export type TextFormat = 'yaml' | 'json';

/** The format a file's name stands for: `.yaml` and `.yml`, or `.json`. @throws ArgumentError for any other name. */
export function formatOfPath(path: string): TextFormat {
  if (/\.ya?ml$/i.test(path)) return 'yaml';
  if (/\.json$/i.test(path)) return 'json';
  throw new ArgumentError(
    `"${path}" does not end in .yaml, .yml or .json, so the format of its parameters is not known.`,
  );
}
