import { didYouMean, NotFoundError } from '@delira/core';
import { isList, isMapping } from './isMapping.js';
import { listPlaces } from './listPlaces.js';
import { type Path, printPath, valueAt } from './paths.js';
import { printValue } from './printValue.js';
import type { Values } from './Values.js';

const MOST_NAMES = 20;

/** Says what there is where a path ends too early, which of those names is nearest, and where else the name occurs. */
export function missing(values: Values, path: Path, advice = ''): NotFoundError {
  let depth = 0;
  while (depth < path.length && valueAt(values, path.slice(0, depth + 1)) !== undefined) depth++;
  const step = path[depth] ?? '';
  const where = printPath(path.slice(0, depth));
  const parent = valueAt(values, path.slice(0, depth));
  const text = [`There is no parameter "${printPath(path)}".`];
  if (isMapping(parent)) {
    const names = Object.keys(parent);
    text.push(
      `${where === '' ? 'The top level' : where} has ${names.length === 0 ? 'nothing' : shorten(names)}.${didYouMean(String(step), names)}`,
    );
  } else if (isList(parent)) text.push(`${where} is a list of ${parent.length}; positions count from 0.`);
  else text.push(`${where} is ${printValue(parent)} and has nothing below.`);
  const elsewhere = typeof path.at(-1) === 'string' ? findName(values, String(path.at(-1))) : [];
  if (elsewhere.length > 0) text.push(`That name is at: ${shorten(elsewhere.map(printPath))}.`);
  return new NotFoundError(text.join(' ') + advice);
}

/** The paths of every value with this name, depth first, also below each other and in lists. */
export function findName(values: Values, name: string): readonly Path[] {
  const found: Path[] = [];
  for (const { path } of listPlaces(values)) if (path.at(-1) === name) found.push(path);
  return found;
}

/** A list for a message, cut where it becomes long. */
export function shorten(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}
