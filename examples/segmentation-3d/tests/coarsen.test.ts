import { type Brain, readBrain } from '@delira/brain-atlas';
import { indexToWorld } from '@delira/imaging';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CoarseBrain, coarsen } from '../src/coarsen.js';
import { createTask } from '../src/task.js';

let brain: Brain;
let coarse: CoarseBrain;
beforeAll(async () => {
  brain = await readBrain();
  coarse = coarsen(brain, [2, 2, 2]);
}, 60_000);

describe('coarsen', () => {
  it('gives voxels of twice the size, of the planes that the atlas covers', () => {
    expect(coarse.image.array.shape).toEqual([55, 96, 81]);
    expect(coarse.image.spacing).toEqual([2, 2, 2]);
    // The first voxel lies half a millimetre inwards of the first one of the first covered plane.
    const corner = indexToWorld(brain.image, [0, 0, brain.covered[0]]);
    const first = indexToWorld(coarse.image, [0, 0, 0]);
    expect(first.map((position, axis) => Math.abs(position - corner[axis]!))).toEqual([0.5, 0.5, 0.5]);
  });

  it('keeps what the training sees out of the test hemisphere, and the other way round', () => {
    const [, lastOfTest] = coarse.test;
    const x = (index: number): number => indexToWorld(coarse.image, [index, 0, 0])[0];
    // A voxel is made of what lies within a millimetre; world x is 0 in the midplane and grows to the left.
    expect(x(lastOfTest - 1) + 1).toBeLessThan(-1);
    expect(x(coarse.train[0]) - 1).toBeGreaterThan(1);
    expect([coarse.test, coarse.train, coarse.midplane]).toEqual([[0, 39], [42, 80], 40]);
  });

  it('keeps the classes as they are', () => {
    expect(new Set(coarse.labels.array.data)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  });
});

describe('the task', () => {
  it('joins both halves and puts the prediction on the grid of the image', async () => {
    const task = await createTask();
    // A model that takes what is bright for the cerebellum.
    const model = {
      predict: ({ data, shape }: Parameters<Parameters<typeof task.predict>[0]['predict']>[0]) => {
        const [rows = 0, , ...size] = shape;
        const voxels = data.length / rows;
        const scores = new Float32Array(rows * 9 * voxels);
        for (let row = 0; row < rows; row++)
          for (let voxel = 0; voxel < voxels; voxel++)
            scores[(row * 9 + (data[row * voxels + voxel]! > -1 ? 7 : 0)) * voxels + voxel] = 20;
        return Promise.resolve({ dtype: 'float32' as const, shape: [rows, 9, ...size], data: scores });
      },
    };
    const silent = { start: () => undefined, update: () => undefined, finish: () => undefined };
    const { volume, test } = await task.predict(model, silent as unknown as Parameters<typeof task.predict>[1]);
    expect(volume.shape).toEqual([151, 191, 161]);
    expect(test.shape).toEqual(task.test['label']!.shape);
    let [same, bright] = [0, 0];
    const { data } = brain.image.array;
    const [first, end] = brain.covered.map((z) => z * 191 * 161) as [number, number];
    for (let voxel = first; voxel < end; voxel++) {
      if (data[voxel]! <= -1 && volume.data[voxel] === 0) continue;
      bright++;
      if (data[voxel]! > -1 && volume.data[voxel] === 7) same++;
    }
    expect(same / bright).toBeGreaterThan(0.93);
    expect(volume.data.subarray(0, first).some((label) => label !== 0)).toBe(false);
  }, 60_000);
});
