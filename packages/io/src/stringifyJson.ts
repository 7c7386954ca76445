import { ArgumentError, type Json } from '@delira/core';

/** Compact JSON text. @throws ArgumentError naming the place of a value that JSON would lose: NaN, an infinity, undefined, a class instance… */
export function stringifyJson(value: Json, name: string): string {
  check(value, name);
  return JSON.stringify(value);
}

function check(value: unknown, place: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (Array.isArray(value)) value.forEach((item, index) => check(item, `${place}[${index}]`));
  else if (isPlainObject(value)) for (const [key, item] of Object.entries(value)) check(item, `${place}.${key}`);
  else
    throw new ArgumentError(
      `${place} is ${describe(value)}, which JSON cannot hold. Use null, booleans, finite numbers, strings, arrays and plain objects.`,
    );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : String(value);
}
