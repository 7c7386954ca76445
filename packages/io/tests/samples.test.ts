import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, InputError, ndarray, NotFoundError, ShapeError } from '@delira/core';
import { volume } from '@delira/imaging';
import { expectClose, loadFixture } from '@delira/testkit';
import { temporaryFolder } from '@delira/testkit/vitest';
import { FormatError, loadImageSample, loadVolumeSample, resizeImage, saveImage, saveNifti } from '../src/index.js';
import { describe, expect, it } from 'vitest';

interface Recorded {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly cases: readonly { readonly size: readonly [number, number]; readonly values: readonly number[] }[];
}
const recorded = loadFixture<Recorded>(import.meta.url, 'skimage');

describe('resizeImage', () => {
  it.each(recorded.cases)('equals scikit-image at $size', ({ size, values }) => {
    const image = ndarray(recorded.values, [1, ...recorded.shape], 'float64');
    const resized = resizeImage(image, size);
    expect(resized.shape).toEqual([1, ...size]);
    expectClose(resized.data, values, { atol: 1e-6 });
  });

  it('refuses what is no image or no size', () => {
    expect(() => resizeImage(ndarray([1], [1, 1]), [1, 1])).toThrow(ShapeError);
    expect(() => resizeImage(ndarray([1], [1, 1, 1]), [0, 1])).toThrow(ArgumentError);
  });
});

describe('loadImageSample', () => {
  async function writeCase() {
    const folder = temporaryFolder();
    const [image, number, mask] = ['a.png', 'a.txt', 'a_seg.png'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await saveImage(image, ndarray([255, 0, 51, 0, 255, 51, 0, 0, 51], [3, 1, 3], 'uint8'));
    writeFileSync(number, ' 7\n');
    await saveImage(mask, ndarray([0, 1, 2], [1, 3], 'uint8'));
    return { folder, image, number, mask };
  }

  it('makes colours grey and scales them', async () => {
    const { image, number } = await writeCase();
    const sample = await loadImageSample({ image, labels: [number] });
    expectClose(sample['data']!, ndarray([0.2125, 0.7154, 0.2], [1, 1, 3]));
    expect(sample['label']).toEqual(ndarray([7], [1]));
    const colours = await loadImageSample({ image }, { channels: 3 });
    expect(Object.keys(colours)).toEqual(['data']);
    expectClose(colours['data']!, ndarray([1, 0, 0.2, 0, 1, 0.2, 0, 0, 0.2], [3, 1, 3]));
  });

  it('resizes images smoothly and masks to the nearest pixel', async () => {
    const { image, mask } = await writeCase();
    const sample = await loadImageSample({ image, labels: [mask] }, { size: [2, 6] });
    expect(sample['data']!.shape).toEqual([1, 2, 6]);
    expect(sample['label']).toEqual(ndarray([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2], [1, 2, 6], 'int32'));
  });

  it('names several labels, and leaves out those that are missing', async () => {
    const { image, number, mask } = await writeCase();
    expect(Object.keys(await loadImageSample({ image, labels: [number, null, mask] }))).toEqual([
      'data',
      'label_0',
      'label_2',
    ]);
    const named = await loadImageSample({ image, labels: [number, mask] }, { labelKeys: ['age', 'seg'] });
    expect(Object.keys(named)).toEqual(['data', 'age', 'seg']);
    await expect(loadImageSample({ image, labels: [number] }, { labelKeys: ['data'] })).rejects.toThrow(ArgumentError);
  });

  it('divides 16 bits by 65535', async () => {
    const path = join(temporaryFolder(), 'a.png');
    await saveImage(path, ndarray([65_535, 13_107], [1, 2], 'int32'), { bits: 16 });
    expectClose((await loadImageSample({ image: path }))['data']!.data, [1, 0.2]);
  });

  it.each(['', 'cat', '1 2'])('refuses a label file that holds "%s"', async (text) => {
    const { image, number } = await writeCase();
    writeFileSync(number, text);
    await expect(loadImageSample({ image, labels: [number] })).rejects.toThrow(FormatError);
    await expect(loadImageSample({ image, labels: [number] })).rejects.toThrow(number);
  });
});

describe('loadVolumeSample', () => {
  const grid = { spacing: [1, 1, 2], origin: [0, 5, 0] } as const;

  async function writeCase(name = 'case 1') {
    const folder = join(temporaryFolder(), name);
    mkdirSync(folder);
    const file = (each: string) => join(folder, each);
    await saveNifti(file('t1.nii.gz'), volume(ndarray([1, 2, 3, 4], [1, 2, 2]), grid));
    await saveNifti(file('t2.nii'), volume(ndarray([5, 6, 7, 8], [1, 2, 2]), grid));
    await saveNifti(file('seg.nii.gz'), volume(ndarray([0, 1, 1, 2], [1, 2, 2], 'uint8'), grid));
    await saveNifti(
      file('elsewhere.nii'),
      volume(ndarray([9, 8, 7, 6], [1, 2, 2], 'uint8'), { ...grid, origin: [1, 5, 0] }),
    );
    return file;
  }

  it('stacks images and reads labels and masks', async () => {
    const file = await writeCase();
    const files = { images: [file('t1.nii.gz'), file('t2.nii')], label: file('seg.nii.gz'), mask: file('seg.nii.gz') };
    const sample = await loadVolumeSample(files);
    expect(sample['data']).toEqual(ndarray([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2]));
    expect(sample['label']).toEqual(ndarray([0, 1, 1, 2], [1, 1, 2, 2], 'int32'));
    expect(sample['mask']).toEqual(sample['label']);
  });

  it('normalises, and makes labels of JSON', async () => {
    const file = await writeCase();
    writeFileSync(file('label.json'), '{"grade": 3}');
    const sample = await loadVolumeSample(
      { images: [file('t1.nii.gz')], label: file('label.json') },
      {
        normalise: (data) => ({ ...data, data: Float32Array.from(data.data, (value) => value / 4) }),
        labelOf: (content) => ndarray([(content as { grade: number }).grade], [1]),
      },
    );
    expect(sample).toEqual({ data: ndarray([0.25, 0.5, 0.75, 1], [1, 1, 2, 2]), label: ndarray([3], [1]) });
    await expect(loadVolumeSample({ images: [file('t1.nii.gz')], label: file('label.json') })).rejects.toThrow(
      'labelOf',
    );
  });

  it('refuses files that lie elsewhere, or looks them up', async () => {
    const file = await writeCase();
    const files = { images: [file('t1.nii.gz')], label: file('elsewhere.nii') };
    await expect(loadVolumeSample(files)).rejects.toThrow(InputError);
    await expect(loadVolumeSample(files)).rejects.toThrow('does not lie on the grid');
    const { label } = await loadVolumeSample(files, { grids: 'resample' });
    expect(label).toEqual(ndarray([0, 9, 0, 7], [1, 1, 2, 2], 'int32'));
  });

  it('names what cannot be loaded', async () => {
    const file = await writeCase();
    await expect(loadVolumeSample({ images: [file('none.nii')] })).rejects.toThrow(NotFoundError);
    await expect(loadVolumeSample({ images: [] })).rejects.toThrow(ArgumentError);
    await saveNifti(file('fractions.nii'), volume(ndarray([0.5, 0, 0, 0], [1, 2, 2]), grid));
    await expect(loadVolumeSample({ images: [file('t1.nii.gz')], label: file('fractions.nii') })).rejects.toThrow(
      '0.5, which is no label',
    );
  });
});
