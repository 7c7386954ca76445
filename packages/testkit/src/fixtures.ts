import { type DType, type NDArray, ndarray } from '@delira/core';

/** An array as fixtures store it: row-major, nested in nothing. */
export interface FixtureArray {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/**
 * Parses `fixtures/<name>.json` beside the test. The type is the caller's claim: fixtures are recorded by this repository.
 *
 * @param testUrl the test's `import.meta.url`.
 */
export function loadFixture<T>(testUrl: string, name: string): T {
  // Not imported at the top: conformance uses this package in browsers, too.
  const { readFileSync } = process.getBuiltinModule('node:fs');
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, testUrl), 'utf8')) as T;
}

/** @param dtype default float64, which fixtures are recorded in. */
export function fixtureArray({ shape, values }: FixtureArray, dtype: DType = 'float64'): NDArray {
  return ndarray(values, shape, dtype);
}
