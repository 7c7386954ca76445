import type { Json } from '@delira/core';
import { isList, isMapping } from './isMapping.js';
import type { Path } from './paths.js';
import type { Values } from './Values.js';

export interface Place {
  readonly path: Path;
  readonly value: Json;
}

/** Every value below the root with its path, depth first: what is around comes before what is in it. */
export function* listPlaces(values: Values): Generator<Place> {
  yield* below(values, []);
}

function* below(value: Json, path: Path): Generator<Place> {
  for (const [step, item] of childrenOf(value)) {
    const place = { path: [...path, step], value: item };
    yield place;
    yield* below(item, place.path);
  }
}

/** The values that hold no others, with their paths: what a person would call the parameters. A list of plain values counts as one. */
export function* listLeaves(values: Values): Generator<Place> {
  yield* leavesBelow(values, []);
}

function* leavesBelow(value: Json, path: Path): Generator<Place> {
  const children = childrenOf(value);
  const isOne = isList(value) ? value.every(isScalar) : children.length === 0;
  if (isOne && path.length > 0) yield { path, value };
  else for (const [step, item] of children) yield* leavesBelow(item, [...path, step]);
}

function childrenOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (isList(value)) return [...value.entries()];
  return isMapping(value) ? Object.entries(value) : [];
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}
