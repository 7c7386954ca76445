import type { Json } from '@delira/core';
import { isMapping } from './isMapping.js';
import type { Values } from './Values.js';

/**
 * `base` with `over` laid over it: mappings are merged, everything else is replaced. A description of another `type` replaces the one
 * below as a whole, since the options of one optimizer mean nothing to another.
 */
export function mergeValues(base: Values, over: Values): Values {
  const merged: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, name) ? base[name] : undefined;
    merged[name] = isMapping(below) && isMapping(value) && sameType(below, value) ? mergeValues(below, value) : value;
  }
  return Object.freeze(merged);
}

function sameType(below: Values, value: Values): boolean {
  return below['type'] === undefined || value['type'] === undefined || below['type'] === value['type'];
}
