import type { Json } from '@delira/core';

const KEY = '$number';

/** JSON that also holds the numbers JSON lacks: NaN, the infinities and −0 become `{ "$number": "NaN" }`. */
export function encodeNumbers(value: Json): Json {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [KEY]: Object.is(value, -0) ? '-0' : String(value) };
  return mapEntries(value, encodeNumbers);
}

/** The value `encodeNumbers` was given. */
export function decodeNumbers(value: Json): Json {
  if (isObject(value) && typeof value[KEY] === 'string' && Object.keys(value).length === 1) return Number(value[KEY]);
  return mapEntries(value, decodeNumbers);
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapEntries(value: Json, change: (entry: Json) => Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(change);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, change(entry)]));
  return value;
}
