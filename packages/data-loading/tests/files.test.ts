import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ArgumentError, InputError } from '@delira/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexCases, type IndexedFile, indexFiles, readDecathlon, readNnunet } from '../src/index.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delira ünïcode '));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (...paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
};

const shortened = (files: readonly IndexedFile[]): unknown =>
  files.map(({ image, labels }) => [
    relative(folder, image),
    ...labels.map((label) => label && relative(folder, label)),
  ]);

describe('indexFiles', () => {
  it('finds images in all folders, in natural order', async () => {
    await write('b/2.png', 'b/10.png', 'a/x.PNG', 'a/y.jpg', 'z.png', 'notes.txt');
    expect(shortened(await indexFiles(folder, { imageExtensions: ['.png', '.jpg'] }))).toEqual([
      ['a/y.jpg'],
      ['b/2.png'],
      ['b/10.png'],
      ['z.png'],
    ]);
  });

  it('finds the labels beside each image, one place per ending', async () => {
    await write('1.png', '1.txt', '1_seg.png', '2.png', '2.txt', '2_seg.png');
    const labelExtensions = ['.txt', '_seg.png'];
    expect(shortened(await indexFiles(folder, { imageExtensions: ['.png'], labelExtensions }))).toEqual([
      ['1.png', '1.txt', '1_seg.png'],
      ['2.png', '2.txt', '2_seg.png'],
    ]);
  });

  it('takes off all of a double ending', async () => {
    await write('scan.nii.gz', 'scan_seg.nii.gz', 'other.nii', 'other_seg.nii.gz');
    const options = { imageExtensions: ['.nii', '.gz', '.nii.gz'], labelExtensions: ['_seg.nii.gz'] };
    expect(shortened(await indexFiles(folder, options))).toEqual([
      ['other.nii', 'other_seg.nii.gz'],
      ['scan.nii.gz', 'scan_seg.nii.gz'],
    ]);
  });

  it('is told what to do without a label', async () => {
    await write('1.png', '1.txt', '2.png', '2.json');
    const options = { imageExtensions: ['.png'], labelExtensions: ['.txt', '.json'] };
    await expect(indexFiles(folder, options)).rejects.toThrow(InputError);
    await expect(indexFiles(folder, options)).rejects.toThrow(`${join(folder, '1.png')} has no label file 1.json`);
    expect(shortened(await indexFiles(folder, { ...options, missingLabels: 'null' }))).toEqual([
      ['1.png', '1.txt', null],
      ['2.png', null, '2.json'],
    ]);
    expect(await indexFiles(folder, { ...options, missingLabels: 'skip' })).toEqual([]);
  });

  it('follows links, but no circle of them, and passes over links to nothing', async () => {
    await write('real/1.png');
    await symlink(folder, join(folder, 'real', 'up'));
    await symlink(join(folder, 'real', '1.png'), join(folder, 'linked.png'));
    await symlink(join(folder, 'gone.png'), join(folder, 'broken.png'));
    expect(shortened(await indexFiles(folder, { imageExtensions: ['.png'] }))).toEqual([
      ['linked.png'],
      ['real/1.png'],
    ]);
  });

  it('gives nothing for an empty folder, and names one that is not there', async () => {
    expect(await indexFiles(folder, { imageExtensions: ['.png'] })).toEqual([]);
    const missing = join(folder, 'missing');
    await expect(indexFiles(missing, { imageExtensions: ['.png'] })).rejects.toThrow(
      `The folder ${missing} cannot be read`,
    );
    await expect(indexFiles(folder, { imageExtensions: [''] })).rejects.toThrow(ArgumentError);
  });

  it('names a path that is no folder', async () => {
    await write('file.png');
    const path = join(folder, 'file.png');
    await expect(indexFiles(path, { imageExtensions: ['.png'] })).rejects.toThrow(`The folder ${path} cannot be read`);
  });
});

describe('indexCases', () => {
  it('takes each sub-folder as a case', async () => {
    await write('case10/t1.nii', 'case10/seg.nii', 'case2/t1.nii', 'case2/seg.nii', 'readme.txt');
    expect(await indexCases(folder, { image: 't1.nii', label: 'seg.nii' })).toEqual([
      { name: 'case2', files: { image: join(folder, 'case2/t1.nii'), label: join(folder, 'case2/seg.nii') } },
      { name: 'case10', files: { image: join(folder, 'case10/t1.nii'), label: join(folder, 'case10/seg.nii') } },
    ]);
  });

  it('names what a case lacks', async () => {
    await write('a/t1.nii');
    await expect(indexCases(folder, { image: 't1.nii', label: 'seg.nii' })).rejects.toThrow('Case a lacks its label');
  });
});

describe('readDecathlon', () => {
  const description = {
    name: 'Liver',
    modality: { '0': 'CT' },
    labels: { '0': 'background', '1': 'liver' },
    training: [{ image: './imagesTr/liver_1.nii.gz', label: './labelsTr/liver_1.nii.gz' }],
    test: ['./imagesTs/liver_9.nii.gz'],
  };
  const store = (value: unknown): Promise<void> => writeFile(join(folder, 'dataset.json'), JSON.stringify(value));

  it('reads the cases', async () => {
    await store(description);
    expect(await readDecathlon(folder)).toEqual({
      name: 'Liver',
      channels: ['CT'],
      labels: ['background', 'liver'],
      train: [
        {
          name: 'liver_1',
          images: [join(folder, 'imagesTr/liver_1.nii.gz')],
          label: join(folder, 'labelsTr/liver_1.nii.gz'),
        },
      ],
      test: [{ name: 'liver_9', images: [join(folder, 'imagesTs/liver_9.nii.gz')], label: null }],
    });
  });

  it.each([
    [{ ...description, training: undefined }, 'has no list "training"'],
    [{ ...description, training: [7] }, '"training"[0]'],
    [{ ...description, training: [{ image: '../../etc/passwd', label: 'x' }] }, 'lies outside of'],
    [{ ...description, test: [{ image: 'x' }] }, '"test"[0]'],
    [{ ...description, labels: { '0': 'background', '2': 'liver' } }, '1 is missing'],
    [[], 'must hold a JSON object'],
  ])('refuses what does not fit: %j', async (value, message) => {
    await store(value);
    await expect(readDecathlon(folder)).rejects.toThrow(InputError);
    await expect(readDecathlon(folder)).rejects.toThrow(message);
  });

  it('refuses what is no JSON, and a folder without a description', async () => {
    await expect(readDecathlon(folder)).rejects.toThrow('dataset.json cannot be read');
    await writeFile(join(folder, 'dataset.json'), '{"training": [');
    await expect(readDecathlon(folder)).rejects.toThrow('dataset.json is not JSON');
  });
});

describe('readNnunet', () => {
  const description = {
    channel_names: { '0': 'T1', '1': 'FLAIR' },
    labels: { background: 0, lesion: 1 },
    file_ending: '.nii.gz',
  };
  const store = (value: unknown): Promise<void> => writeFile(join(folder, 'dataset.json'), JSON.stringify(value));

  it('reads the cases from the files that are there', async () => {
    await store(description);
    await write(
      ...['imagesTr/b_0000.nii.gz', 'imagesTr/b_0001.nii.gz', 'imagesTr/a_0000.nii.gz', 'imagesTr/a_0001.nii.gz'],
      ...['labelsTr/a.nii.gz', 'labelsTr/b.nii.gz', 'imagesTs/c_0000.nii.gz', 'imagesTs/c_0001.nii.gz'],
    );
    const { channels, labels, train, test } = await readNnunet(folder);
    expect([channels, labels]).toEqual([
      ['T1', 'FLAIR'],
      ['background', 'lesion'],
    ]);
    expect(train.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(train[0]).toEqual({
      name: 'a',
      images: [join(folder, 'imagesTr/a_0000.nii.gz'), join(folder, 'imagesTr/a_0001.nii.gz')],
      label: join(folder, 'labelsTr/a.nii.gz'),
    });
    expect(test.map(({ name, label }) => [name, label])).toEqual([['c', null]]);
  });

  it('names the case that lacks a channel or its label', async () => {
    await store(description);
    await write('imagesTr/a_0000.nii.gz', 'labelsTr/a.nii.gz');
    await expect(readNnunet(folder)).rejects.toThrow('Case a lacks a channel');
    await write('imagesTr/a_0001.nii.gz');
    await rm(join(folder, 'labelsTr/a.nii.gz'));
    await expect(readNnunet(folder)).rejects.toThrow('Case a lacks its label');
  });

  it.each([
    [{ ...description, file_ending: undefined }, '"file_ending"'],
    [{ ...description, labels: { background: 0, whole: [1, 2] } }, 'whole is [1,2]'],
    [{ ...description, channel_names: ['T1'] }, '"channel_names"'],
    [description, 'holds no file that ends with _0000.nii.gz'],
  ])('refuses what does not fit: %j', async (value, message) => {
    await store(value);
    await write('labelsTr/a.nii.gz');
    await expect(readNnunet(folder)).rejects.toThrow(message);
  });
});
