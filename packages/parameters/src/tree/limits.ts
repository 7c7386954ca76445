/** Levels of mappings and lists within each other. */
export const MOST_LEVELS = 100;
/** Values in one tree, mappings and lists included. */
export const MOST_VALUES = 100_000;

const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a name could reach what all JavaScript objects share. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}
