import { type Json } from '@delira/core';
import { ParametersError } from '../errors.js';
import { copyValues } from '../tree/copyValues.js';
import { isMapping } from '../tree/isMapping.js';
import type { Values } from '../tree/Values.js';
import { parseYaml } from './parseYaml.js';
import type { TextFormat } from './TextFormat.js';

export interface ParseOptions {
  /** Default `'yaml'`, which reads JSON as well. */
  readonly format?: TextFormat;
  /** Characters a text may have; default 262 144. */
  readonly maxLength?: number;
}

/**
 * Reads a mapping from YAML 1.2 or JSON. Only plain data: no tags, no code; names once per mapping; at most 100 levels and 100 000 values,
 * those that aliases repeat included.
 *
 * @throws ParametersError saying the line (for JSON: the engine's words) and what is wrong.
 */
export function parseText(text: string, options: ParseOptions = {}): Values {
  const { format = 'yaml', maxLength = 2 ** 18 } = options;
  if (text.length > maxLength)
    throw new ParametersError([
      {
        path: '',
        message: `The text has ${text.length} characters, more than the ${maxLength} that parameters may have. Is it the right file?`,
      },
    ]);
  const value = format === 'json' ? parseJson(text) : parseYaml(text);
  if (!isMapping(value))
    throw new ParametersError([
      {
        path: '',
        message: `The text holds ${kindOf(value)}, but parameters are names with values, such as "model: …".`,
      },
    ]);
  return copyValues(value);
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
  } catch (cause) {
    throw new ParametersError(
      [{ path: '', message: `This is not JSON: ${cause instanceof Error ? cause.message : ''}` }],
      {
        cause,
      },
    );
  }
}

function kindOf(value: Json): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : `one ${typeof value}`;
}
