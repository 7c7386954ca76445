import { ArgumentError, type Json } from '@delira/core';
import { ParametersError } from '../errors.js';
import { copyValues } from '../tree/copyValues.js';
import { type Path, parsePath } from '../tree/paths.js';
import { cut } from '../tree/printValue.js';
import { parseYaml } from './parseYaml.js';

export interface Assignment {
  readonly path: Path;
  readonly value: Json;
}

const ASSIGNMENT = /^((?:[^"=]|"(?:[^"\\]|\\.)*")*)=(.*)$/s;
const MOST_CHARACTERS = 65_536;

/**
 * Reads an argument of a command line such as `model.depth=4` or `training.lr=1e-3`. The value is a YAML scalar, or a list or mapping in
 * brackets: `[32, 64]`, `{type: SGD, options: {lr: 0.1}}`.
 *
 * @throws ArgumentError when it is not of this form, or names `__proto__`, `constructor` or `prototype`.
 */
export function parseAssignment(text: string): Assignment {
  const [, path, source] = ASSIGNMENT.exec(text) ?? [];
  if (path === undefined || source === undefined || text.length > MOST_CHARACTERS)
    throw new ArgumentError(
      `"${cut(text)}" sets no parameter. Write its path, an equals sign and the value, as model.depth=4.`,
    );
  return { path: parsePath(path), value: parseValue(source, text) };
}

function parseValue(source: string, text: string): Json {
  try {
    return copyValues({ value: parseYaml(source, { flowOnly: true }) }).value;
  } catch (cause) {
    if (cause instanceof ParametersError)
      throw new ArgumentError(
        `The value of "${cut(text)}" cannot be read. ${cause.message} Put text with special characters in quotes.`,
        { cause },
      );
    throw cause;
  }
}
