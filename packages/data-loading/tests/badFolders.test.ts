import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, ndarray, NotFoundError } from '@delira/core';
import { volume } from '@delira/imaging';
import { FormatError, loadImageSample, loadVolumeSample, saveImage, saveNifti } from '@delira/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheDataset, type Case, DataLoader, indexCases, indexFiles, LazyDataset } from '../src/index.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "delira's ünïcode 脳 🧠 "));
});
afterEach(() => rm(folder, { recursive: true }));

const NAMES = ['Fräulein Müller', 'case 10', 'case 2'];

/** Three cases of an image and a label. */
async function writeCases(): Promise<readonly Case<'image' | 'label'>[]> {
  for (const [index, name] of NAMES.entries()) {
    await saveNifti(join(folder, name, 'T1 größe.nii.gz'), volume(ndarray([index, 1], [1, 1, 2])));
    await saveNifti(join(folder, name, 'label.nii'), volume(ndarray([0, 1], [1, 1, 2], 'uint8')));
  }
  return indexCases(folder, { image: 'T1 größe.nii.gz', label: 'label.nii' });
}

const datasetOf = (entries: readonly Case<'image' | 'label'>[]) => ({
  entries,
  load: ({ files }: Case<'image' | 'label'>) => loadVolumeSample({ images: [files.image], label: files.label }),
});

async function failureOf(action: () => Promise<unknown>): Promise<Error> {
  return action().then(
    () => expect.fail('It should have failed.'),
    (error: unknown) => error as Error,
  );
}

const NOBODY = 65534;

/** Permissions do not hold for the administrator, as whom tests run in containers. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  const administrator = process.geteuid?.() === 0;
  if (administrator) process.seteuid!(NOBODY);
  try {
    return await action();
  } finally {
    if (administrator) process.seteuid!(0);
  }
}

describe('names of any kind', () => {
  it('are indexed and loaded', async () => {
    const cases = await writeCases();
    expect(cases.map(({ name }) => name)).toEqual(['case 2', 'case 10', 'Fräulein Müller']);
    const dataset = new LazyDataset(datasetOf(cases));
    expect((await dataset.get(2))['data']).toEqual(ndarray([0, 1], [1, 1, 1, 2]));
    expect((await dataset.get(0))['label']).toEqual(ndarray([0, 1], [1, 1, 1, 2], 'int32'));
  });
});

describe('links and empty folders', () => {
  it('passes over a link to itself, and visits a circle once', async () => {
    await saveImage(join(folder, 'a', '1.png'), ndarray([7], [1, 1], 'uint8'));
    await symlink('self.png', join(folder, 'a', 'self.png'));
    await symlink(join(folder, 'b'), join(folder, 'a', 'to b'));
    await mkdir(join(folder, 'b'));
    await symlink(join(folder, 'a'), join(folder, 'b', 'to a'));
    const files = await indexFiles(folder, { imageExtensions: ['.png'] });
    expect(files.map(({ image }) => image)).toEqual([join(folder, 'a', '1.png')]);
  });

  it('says which case is empty, and gives no cases for an empty folder', async () => {
    expect(await indexCases(folder, { image: 'T1.nii' })).toEqual([]);
    await mkdir(join(folder, 'case 7'));
    await expect(indexCases(folder, { image: 'T1.nii' })).rejects.toThrow(
      `Case case 7 lacks its image: there is no readable file ${join(folder, 'case 7', 'T1.nii')}.`,
    );
  });
});

describe('what may not be read', () => {
  it('is a file: named with its case', async () => {
    const cases = await writeCases();
    await chmod(folder, 0o755);
    const locked = cases[1]!.files.image;
    const dataset = new LazyDataset(datasetOf(cases));
    expect((await asNobody(() => Promise.resolve(dataset.get(1))))['data']!.shape).toEqual([1, 1, 1, 2]);
    await chmod(locked, 0o000);
    const error = await asNobody(() => failureOf(() => dataset.get(1)));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('Entry 1 ({"name":"case 10"');
    expect(error.message).toContain(`${locked} could not be read (EACCES). Check its permissions and the disk.`);
  });

  it('is a folder: named', async () => {
    await saveImage(join(folder, 'a', '1.png'), ndarray([7], [1, 1], 'uint8'));
    await chmod(folder, 0o755);
    await chmod(join(folder, 'a'), 0o000);
    const error = await asNobody(() => failureOf(() => indexFiles(folder, { imageExtensions: ['.png'] })));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(`The folder ${join(folder, 'a')} cannot be read: EACCES`);
    await chmod(join(folder, 'a'), 0o755);
  });

  it('is a link to itself in the place of a file', async () => {
    const path = join(folder, 'case 7', 'T1.nii');
    await mkdir(join(folder, 'case 7'));
    await symlink('T1.nii', path);
    await expect(indexCases(folder, { image: 'T1.nii' })).rejects.toThrow(
      `Case case 7 lacks its image: there is no readable file ${path} (ELOOP).`,
    );
    const error = await failureOf(() => loadVolumeSample({ images: [path], label: null }));
    expect(error.message).toContain(`${path} could not be read (ELOOP)`);
  });
});

describe('a file that changes after it was indexed', () => {
  it('is named with its case where it has vanished', async () => {
    const cases = await writeCases();
    const gone = cases[1]!.files.image;
    await rm(gone);
    const error = await failureOf(() => new LazyDataset(datasetOf(cases)).get(1));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('Entry 1 ({"name":"case 10"');
    expect(error.message).toContain(`There is no file ${gone}.`);
    expect((error.cause as Error).constructor).toBe(NotFoundError);
  });

  it('is named by a loader and by a cache', async () => {
    const cases = await writeCases();
    await rm(cases[2]!.files.label);
    const loader = new DataLoader({ dataset: new LazyDataset(datasetOf(cases)), batchSize: 3 });
    const drain = async (): Promise<void> => {
      for await (const batch of loader.epoch(0)) expect.fail(`There is no batch ${batch.indices.join()}.`);
    };
    const message = `There is no file ${cases[2]!.files.label}.`;
    expect((await failureOf(drain)).message).toMatch(/Sample 2 could not be loaded.*Fräulein Müller/);
    expect((await failureOf(drain)).message).toContain(message);
    const error = await failureOf(() => CacheDataset.load({ ...datasetOf(cases), progress: false }));
    expect(error.message).toContain('Entry 2 ({"name":"Fräulein Müller"');
    expect(error.message).toContain(message);
  });

  it('is named where it was cut off, or has become a folder', async () => {
    const cases = await writeCases();
    await truncate(cases[0]!.files.label, 100);
    await rm(cases[1]!.files.image);
    await mkdir(cases[1]!.files.image);
    const dataset = new LazyDataset(datasetOf(cases));
    const [cut, directory] = [await failureOf(() => dataset.get(0)), await failureOf(() => dataset.get(1))];
    expect(cut.message).toContain(`${cases[0]!.files.label}: `);
    expect(cut.cause).toBeInstanceOf(FormatError);
    expect(directory.message).toContain(`${cases[1]!.files.image}: it is a folder.`);
  });

  it('is named where it is an image or its label', async () => {
    await saveImage(join(folder, '1.png'), ndarray([7], [1, 1], 'uint8'));
    await writeFile(join(folder, '1.txt'), '3');
    const entries = await indexFiles(folder, { imageExtensions: ['.png'], labelExtensions: ['.txt'] });
    const dataset = new LazyDataset({ entries, load: (entry) => loadImageSample(entry) });
    await writeFile(join(folder, '1.txt'), 'three');
    expect((await failureOf(() => dataset.get(0))).message).toContain(`${join(folder, '1.txt')}: A label file holds`);
    await rm(join(folder, '1.png'));
    expect((await failureOf(() => dataset.get(0))).message).toContain(`There is no file ${join(folder, '1.png')}.`);
  });
});
