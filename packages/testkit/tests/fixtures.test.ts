import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { type FixtureArray, fixtureArray, loadFixture } from '../src/index.js';

describe('fixtures', () => {
  it('are read beside the test', () => {
    const { weight } = loadFixture<{ weight: FixtureArray }>(import.meta.url, 'example');
    expect(fixtureArray(weight)).toEqual(ndarray([1, 2, 3, 4.5], [2, 2], 'float64'));
  });
});
