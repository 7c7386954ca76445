import { createComponent } from '@delira/parameters';
import type { Json } from '@delira/core';
import { saveImage, saveNifti } from '@delira/io';
import { volume } from '@delira/imaging';
import { temporaryFolder } from '@delira/testkit/vitest';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRegistries, type DataSource } from '../src/index.js';
import { withFacts } from '../src/registries/Factory.js';

let root = '';
beforeEach(() => {
  root = temporaryFolder();
});

function source(type: string, options: Readonly<Record<string, Json>>): DataSource {
  return createComponent(withFacts(createRegistries().datasets, { root }), { type, options }, 'dataset');
}

async function writeVolume(value: number, ...path: readonly string[]): Promise<void> {
  const file = join(root, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  const data = new Uint8Array(8).fill(value);
  await saveNifti(file, volume({ dtype: 'uint8', shape: [2, 2, 2], data }, { spacing: [1, 2, 3] }));
}

async function writePng(value: number, ...path: readonly string[]): Promise<void> {
  const file = join(root, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  await saveImage(file, { dtype: 'uint8', shape: [2, 3], data: new Uint8Array(6).fill(value) });
}

describe('ImageFolder', () => {
  it('numbers classes by name, and resizes', async () => {
    for (const [name, value] of [
      ['cats', 255],
      ['ants', 51],
    ] as const)
      await writePng(value, 'images', name, 'deep', '1.png');
    const images = source('ImageFolder', { folder: 'images', size: [4, 5], channels: 1 });
    const opened = await images.open();
    expect(opened).toMatchObject({ facts: { classes: ['ants', 'cats'], channels: 1, rank: 2 }, length: 2 });
    const dataset = await opened.load({ progress: false });
    expect(Array.from(dataset.targets!)).toEqual([0, 1]);
    const { data, label } = await dataset.get(0);
    expect(data).toMatchObject({ dtype: 'float32', shape: [1, 4, 5] });
    expect(data!.data[7]).toBeCloseTo(0.2);
    expect(label).toEqual({ dtype: 'int32', shape: [], data: Int32Array.of(0) });
    const cases = await images.inputs(join(root, 'images', 'cats'));
    expect(cases).toEqual([{ name: '1', files: [join(root, 'images', 'cats', 'deep', '1.png')] }]);
    expect((await images.read(cases[0]!)).data.shape).toEqual([1, 4, 5]);
    await expect(images.inputs(join(root, 'none.png'))).rejects.toThrow('There is no file or folder');
  });
});

describe('MNIST', () => {
  it('reads its four files', async () => {
    const idx = (...header: readonly number[]) =>
      Uint8Array.from([0, 0, 8, header.length, ...header.flatMap((n) => [0, 0, 0, n])]);
    const write = (name: string, header: Uint8Array, data: readonly number[]): void =>
      writeFileSync(join(root, name), Uint8Array.from([...header, ...data]));
    write('t10k-images-idx3-ubyte', idx(2, 28, 28), [
      ...new Array<number>(784).fill(0),
      ...new Array<number>(784).fill(255),
    ]);
    write('t10k-labels-idx1-ubyte', idx(2), [7, 3]);
    const opened = await source('MNIST', { folder: '.', part: 'test' }).open();
    expect(opened.facts).toMatchObject({ classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], channels: 1 });
    const dataset = await opened.load({ progress: false });
    expect(Array.from(dataset.targets!)).toEqual([7, 3]);
    expect((await dataset.get(1))['data']).toMatchObject({ shape: [1, 28, 28], data: new Float32Array(784).fill(1) });
  });
});

describe('Nnunet', () => {
  it('joins the files of a case', async () => {
    for (const [channel, value] of [3, 5].entries()) await writeVolume(value, 'imagesTr', `a_000${channel}.nii.gz`);
    await writeVolume(1, 'labelsTr', 'a.nii.gz');
    writeFileSync(
      join(root, 'dataset.json'),
      JSON.stringify({
        channel_names: { 0: 'T1', 1: 'FLAIR' },
        labels: { background: 0, tumour: 1 },
        file_ending: '.nii.gz',
      }),
    );
    const cases = source('Nnunet', { folder: '.' });
    const opened = await cases.open();
    expect(opened).toMatchObject({ facts: { classes: ['background', 'tumour'], channels: 2, rank: 3 }, length: 1 });
    const { data, label } = await (await opened.load({ progress: false })).get(0);
    expect(data).toMatchObject({ dtype: 'float32', shape: [2, 2, 2, 2] });
    expect(label).toMatchObject({ dtype: 'int32', shape: [1, 2, 2, 2], data: new Int32Array(8).fill(1) });

    const files = ['a_0000.nii.gz', 'a_0001.nii.gz'].map((name) => join(root, 'imagesTr', name));
    expect(await cases.inputs(files[0]!)).toEqual([{ name: 'a', files }]);
    expect(await cases.inputs(join(root, 'imagesTr'))).toEqual([{ name: 'a', files }]);
    const read = await cases.read({ name: 'a', files });
    expect(read.data.data).toEqual(data!.data);
    expect(read.volume!.spacing).toEqual([1, 2, 3]);
  });
});

describe('a spacing', () => {
  const options = { folder: 'cases', images: ['image.nii'], label: 'label.nii', classes: ['none', 'some'] };

  async function oneCase(): Promise<void> {
    mkdirSync(join(root, 'cases', 'a'), { recursive: true });
    // Rows along y: 0 and 1, or 0 and 8.
    for (const [name, value] of [['image.nii', 8] as const, ['label.nii', 1] as const]) {
      const data = Int16Array.of(0, 0, value, value, 0, 0, value, value);
      const array = { dtype: 'int32', shape: [2, 2, 2], data: Int32Array.from(data) } as const;
      await saveNifti(join(root, 'cases', 'a', name), volume(array, { spacing: [1, 2, 3] }));
    }
  }

  it('is what volumes are brought to, images smoothly and labels by the nearest voxel, and inputs alike', async () => {
    await oneCase();
    const cases = source('CaseFolder', { ...options, spacing: [1, 1, 6] });
    const { data, label } = await (await (await cases.open()).load({ progress: false })).get(0);
    expect(data).toMatchObject({ dtype: 'float32', shape: [1, 1, 4, 2] });
    expect(Array.from(data!.data)).toEqual([0, 0, 2, 2, 6, 6, 8, 8]);
    expect(label).toEqual({ dtype: 'int32', shape: [1, 1, 4, 2], data: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1) });
    const [input] = await cases.inputs(join(root, 'cases', 'a'));
    const read = await cases.read(input!);
    expect(read.data).toEqual(data);
    expect(read.volume!.array.shape).toEqual([2, 2, 2]);
  });

  it('is refused where it is none', async () => {
    await oneCase();
    await expect(source('CaseFolder', { ...options, spacing: [1, 0, 6] }).open()).rejects.toThrow(
      'dataset.options.spacing is [1, 0, 6], but must be three numbers above 0: mm along x, y, z.',
    );
    for (const name of ['image.png', 'label.png']) await writePng(1, 'pictures', 'a', name);
    const images = { ...options, folder: 'pictures', images: ['image.png'], label: 'label.png', spacing: [1, 1, 1] };
    await expect(source('CaseFolder', images).open()).rejects.toThrow('spacing is of volumes, but the files');
  });
});

describe('Decathlon', () => {
  it('takes what dataset.json lists', async () => {
    await writeVolume(2, 'imagesTr', 'one.nii.gz');
    await writeVolume(1, 'labelsTr', 'one.nii.gz');
    writeFileSync(
      join(root, 'dataset.json'),
      JSON.stringify({
        modality: { 0: 'CT' },
        labels: { 0: 'background', 1: 'spleen' },
        training: [{ image: './imagesTr/one.nii.gz', label: './labelsTr/one.nii.gz' }],
        test: [],
      }),
    );
    const cases = source('Decathlon', { folder: '.' });
    expect(await cases.open()).toMatchObject({ facts: { classes: ['background', 'spleen'], channels: 1 }, length: 1 });
    expect(await cases.inputs(join(root, 'imagesTr'))).toMatchObject([{ name: 'one' }]);
  });
});

describe('CaseFolder', () => {
  it('takes images, one for each channel', async () => {
    for (const [index, name] of ['red.png', 'green.png', 'label.png'].entries())
      for (const each of ['b', 'a']) await writePng([51, 102, 1][index]!, 'cases', each, name);
    const cases = source('CaseFolder', {
      folder: 'cases',
      images: ['red.png', 'green.png'],
      label: 'label.png',
      classes: ['background', 'leaf'],
    });
    const opened = await cases.open();
    expect(opened).toMatchObject({ facts: { channels: 2, rank: 2 }, length: 2 });
    const { data, label } = await (await opened.load({ progress: false })).get(1);
    expect(data!.shape).toEqual([2, 2, 3]);
    expect([data!.data[0], data!.data[6]]).toEqual([expect.closeTo(0.2), expect.closeTo(0.4)]);
    expect(label).toMatchObject({ shape: [1, 2, 3], data: new Int32Array(6).fill(1) });
    const found = await cases.inputs(join(root, 'cases'));
    expect(found.map(({ name, files }) => [name, files.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(await cases.inputs(join(root, 'cases', 'b'))).toMatchObject([{ name: 'b' }]);
    await expect(cases.inputs(join(root, 'cases', 'b', 'red.png'))).rejects.toThrow('a case is a folder with red.png');
  });
});
