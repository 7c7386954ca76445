import { createRng, ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { drawPatch, randomPatch } from '../src/randomPatch.js';

const image = ndarray(
  Array.from({ length: 30 }, (_, index) => index),
  [1, 5, 6],
);
const label = ndarray(
  Array.from({ length: 30 }, (_, index) => index % 3),
  [5, 6],
  'uint8',
);

describe('randomPatch', () => {
  it('takes the same part of image and labels, and says which', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const patch = await randomPatch({ size: [2, 3], mirror: true })({ data: image, label }, createRng(seed));
      const [y, x, mirrored] = patch['patch']!.data as Int32Array;
      const row = (line: number): number[] => {
        const first = (y! + line) * 6 + x!;
        return mirrored === 1 ? [first + 2, first + 1, first] : [first, first + 1, first + 2];
      };
      const expected = [...row(0), ...row(1)];
      expect(patch['data']).toEqual(ndarray(expected, [1, 2, 3]));
      expect(patch['label']).toEqual(
        ndarray(
          expected.map((index) => index % 3),
          [2, 3],
          'uint8',
        ),
      );
    }
  });

  it('depends on the stream alone', async () => {
    const transform = randomPatch({ size: [2, 2] });
    const draw = async (seed: number): Promise<unknown> =>
      (await transform({ data: image, label }, createRng(seed)))['patch'];
    expect(await draw(4)).toEqual(await draw(4));
    const all = await Promise.all(Array.from({ length: 10 }, (_, seed) => draw(seed)));
    expect(new Set(all.map((patch) => JSON.stringify(patch))).size).toBeGreaterThan(3);
  });
});

describe('drawPatch', () => {
  // One voxel of class 1, in a corner, and a block of class 2.
  const rare = ndarray(new Uint8Array(400), [20, 20], 'uint8');
  rare.data[399] = 1;
  for (let index = 0; index < 100; index++) rare.data[index] = 2;

  it('shows a small class as often as a large one', () => {
    const starts = Array.from({ length: 200 }, (_, seed) =>
      drawPatch(rare, { size: [4, 4], foreground: 1 }, createRng(seed)).start.join(),
    );
    const corner = starts.filter((start) => start === '16,16').length;
    expect(corner).toBeGreaterThan(70);
    expect(corner).toBeLessThan(130);
  });

  it('reaches every place where no class is asked for, or none is there', () => {
    const options = { size: [19, 20], foreground: 0 } as const;
    const rows = Array.from({ length: 40 }, (_, seed) => drawPatch(rare, options, createRng(seed)).start[0]);
    expect(new Set(rows)).toEqual(new Set([0, 1]));
    const empty = ndarray(new Uint8Array(400), [20, 20], 'uint8');
    expect(drawPatch(empty, { size: [20, 20], foreground: 1 }, createRng(1))).toEqual({
      start: [0, 0],
      mirrored: false,
    });
  });
});
