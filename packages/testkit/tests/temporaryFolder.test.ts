import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../src/vitest/index.js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

const earlier: string[] = [];
let before = '';
let refused: unknown;

beforeAll(() => {
  try {
    temporaryFolder();
  } catch (error) {
    refused = error;
  }
});
beforeEach(() => {
  before = temporaryFolder();
});

describe('temporaryFolder', () => {
  it('gives an empty folder for each call', () => {
    const folder = temporaryFolder();
    expect([readdirSync(folder), readdirSync(before)]).toEqual([[], []]);
    expect(folder).not.toBe(before);
    writeFileSync(join(folder, 'file'), 'text');
    earlier.push(folder, before);
  });

  it('removes them, with what is in them, when the test has ended', () => {
    expect(earlier).toHaveLength(2);
    expect(earlier.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('refuses to make one where no test runs', () => {
    expect(refused).toBeInstanceOf(Error);
  });
});
