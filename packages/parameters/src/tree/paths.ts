import { ArgumentError, type Json } from '@delira/core';
import { isReserved } from './limits.js';
import type { Values } from './Values.js';
import { isList, isMapping } from './isMapping.js';

/** From the root to a value: names in mappings, positions in lists (from 0). */
export type Path = readonly (string | number)[];

const PLAIN = /^[^.[\]"=\s]+$/;
const POSITION = /^\d{1,9}$/;
/** One step: `["quoted"]`, `[3]`, or plain after a dot. */
const STEP = /\[("(?:[^"\\]|\\.)*"|\d{1,9})\]|(\.?)([^.[\]"=\s]+)/sy;

/**
 * Reads `training.transforms[0].options.p`; a name with a dot, a space or the like is quoted: `schedules["default.lr"]`. `transforms.0`
 * means position 0 too, where there is a list.
 *
 * @throws ArgumentError for anything else, and for the names `__proto__`, `constructor` and `prototype`.
 */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  let end = 0;
  while (end < text.length) {
    STEP.lastIndex = end;
    const match = STEP.exec(text);
    const [whole = '', bracket, dot, plain] = match ?? [];
    if (match === null || (plain !== undefined && (dot === '.') === (end === 0))) throw noPath(text);
    path.push(plain ?? readBracket(bracket!, text));
    end += whole.length;
  }
  if (path.length === 0) throw noPath(text);
  for (const step of path)
    if (typeof step === 'string' && isReserved(step))
      throw new ArgumentError(
        `"${text}" cannot be the path of a parameter: the name "${step}" is reserved. Choose another name.`,
      );
  return path;
}

function readBracket(content: string, text: string): string | number {
  if (!content.startsWith('"')) return Number(content);
  try {
    return JSON.parse(content) as string;
  } catch (cause) {
    throw noPath(text, cause);
  }
}

function noPath(text: string, cause?: unknown): ArgumentError {
  return new ArgumentError(
    `"${text}" is not the path of a parameter. Write names with dots between them, as model.depth; positions as transforms[0]; and other names in brackets and quotes, as schedules["default.lr"].`,
    { cause },
  );
}

/** What `parsePath` reads as this path. */
export function printPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (PLAIN.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The value one step below, or undefined. */
export function child(value: Json | undefined, step: string | number): Json | undefined {
  if (isList(value)) {
    if (typeof step === 'number') return value[step];
    return POSITION.test(step) ? value[Number(step)] : undefined;
  }
  return isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** The value at a path, or undefined. */
export function valueAt(values: Values, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(child, values);
}
