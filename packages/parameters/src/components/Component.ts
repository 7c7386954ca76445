import { ParametersError } from '../errors.js';
import { didYouMean, type Json } from '@delira/core';
import { isMapping } from '../tree/isMapping.js';
import { type Path, printPath } from '../tree/paths.js';
import { printValue } from '../tree/printValue.js';
import type { Values } from '../tree/Values.js';

/**
 * Says what is to be made: a network, optimizer, schedule, loss, metric or transform, by the name under which the application registered
 * it. In parameters the name alone, `'Adam'`, means the same as `{ type: 'Adam' }`.
 */
export interface Component {
  /** Registered name. */
  readonly type: string;
  /** Default: none. */
  readonly options?: Values;
}

/**
 * The description at `path`.
 *
 * @throws ParametersError when it is neither a name nor `{ type, options }`.
 */
export function readComponent(description: Json | undefined, path: Path = []): Required<Component> {
  if (typeof description === 'string') return { type: description, options: {} };
  if (!isMapping(description)) throw refuse(path, `is ${printValue(description)}, but must be ${FORM}.`);
  const { type, options = {} } = description;
  for (const name of Object.keys(description))
    if (name !== 'type' && name !== 'options')
      throw refuse(
        [...path, name],
        `is not known here.${didYouMean(name, ['type', 'options'])} A description is ${FORM}.`,
      );
  if (typeof type !== 'string') throw refuse([...path, 'type'], `is ${printValue(type)}, but must be a name.`);
  const given = options ?? {};
  if (!isMapping(given)) throw refuse([...path, 'options'], `is ${printValue(given)}, but must be a mapping.`);
  return { type, options: given };
}

const FORM = "a registered name or { type: 'its registered name', options: {…} }";

function refuse(path: Path, message: string): ParametersError {
  return new ParametersError([{ path: printPath(path), message }]);
}
