import { InputError, ndarray } from '@delira/core';
import { ProgressBar } from '@delira/logging';
import { saveImage } from '@delira/io';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drawSheet } from '../src/drawSheet.js';
import { indexClasses } from '../src/indexClasses.js';
import { loadPictures, modeOf } from '../src/loadPictures.js';
import { help, parseOptions } from '../src/options.js';
import { writeDigits } from '../src/writeDigits.js';

const root = mkdtempSync(join(tmpdir(), 'delira-own-'));
afterAll(() => rmSync(root, { recursive: true }));

const grey = ndarray([0, 51, 102, 255], [2, 2], 'uint8');
const red = ndarray([255, 255, 255, 255, ...new Array<number>(8).fill(0)], [3, 2, 2], 'uint8');
const quiet = new ProgressBar({ stream: { write: () => true } });

/** A folder with these files: pictures, or bytes that are none. */
async function folderOf(name: string, files: Readonly<Record<string, typeof grey | string>>): Promise<string> {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    if (typeof content === 'string') writeFileSync(join(folder, path), content);
    else await saveImage(join(folder, path), content);
  }
  return folder;
}

describe('the index of a folder', () => {
  it('numbers classes and images in the order of their names', async () => {
    const folder = await folderOf('ordered', {
      'c10/b.png': grey,
      'c10/a.png': grey,
      'c2/deeper/x10.png': grey,
      'c2/deeper/x9.png': grey,
      'c2/notes.txt': 'not an image',
      '.hidden/a.png': grey,
      'beside.txt': 'not a class',
    });
    const { classes, images } = await indexClasses(folder, 2);
    expect(classes).toEqual(['c2', 'c10']);
    expect(images.map(({ path, label }) => [path.slice(folder.length + 1), label])).toEqual([
      [join('c2', 'deeper', 'x9.png'), 0],
      [join('c2', 'deeper', 'x10.png'), 0],
      [join('c10', 'a.png'), 1],
      [join('c10', 'b.png'), 1],
    ]);
  });

  it('names the folder that is missing, empty, or has too little in it', async () => {
    const missing = join(root, 'missing');
    await expect(indexClasses(missing, 2)).rejects.toThrow(InputError);
    await expect(indexClasses(missing, 2)).rejects.toThrow(`The folder ${missing} (`);
    const empty = await folderOf('empty', {});
    await expect(indexClasses(empty, 2)).rejects.toThrow(`${empty} has no sub-folders.`);
    const single = await folderOf('single', { 'cats/1.png': grey, 'cats/2.png': grey });
    await expect(indexClasses(single, 2)).rejects.toThrow(`${single} has one sub-folder, cats, but`);
    const few = await folderOf('few', { 'cats/1.png': grey, 'cats/2.png': grey, 'dogs/1.png': grey });
    await expect(indexClasses(few, 2)).rejects.toThrow(`${join(few, 'dogs')} holds 1 images (.png,`);
  });
});

describe('the pictures', () => {
  it('come in one size and mode, from 0 to 1', async () => {
    const folder = await folderOf('mixed', { 'a/1.png': grey, 'b/1.png': red });
    const index = await indexClasses(folder, 1);
    expect(await modeOf(index)).toBe('rgb');
    const pictures = await loadPictures(index, { size: 2, mode: 'rgb', progress: quiet });
    expect(Array.from(pictures.targets!)).toEqual([0, 1]);
    const plane = [0, 51 / 255, 102 / 255, 1].map(Math.fround);
    expect(pictures.get(0)['data']).toEqual(ndarray([...plane, ...plane, ...plane], [3, 2, 2]));
    expect(Array.from(pictures.get(1)['data']!.data.subarray(0, 5))).toEqual([1, 1, 1, 1, 0]);
    expect((await loadPictures(index, { size: 5, mode: 'grey', progress: quiet })).get(1)['data']!.shape).toEqual([
      1, 5, 5,
    ]);
  });

  it('that cannot be read are named', async () => {
    const folder = await folderOf('damaged', { 'a/1.png': grey, 'b/broken.png': 'these are no pixels' });
    const index = await indexClasses(folder, 1);
    const loading = loadPictures(index, { size: 2, mode: 'grey', progress: quiet });
    await expect(loading).rejects.toThrow(join(folder, 'b', 'broken.png'));
  });

  it('on the sheet are framed by whether they were known', () => {
    const data = ndarray([0.2], [1, 1, 1]);
    const { shape, data: pixels } = drawSheet([
      [
        { data, isRight: true },
        { data, isRight: false },
      ],
      [{ data, isRight: true }],
    ]);
    expect(shape).toEqual([3, 23, 23]);
    const pixel = (y: number, x: number): number[] => [0, 1, 2].map((channel) => pixels[(channel * 23 + y) * 23 + x]!);
    expect(pixel(0, 0)).toEqual([255, 255, 255]);
    expect(pixel(3, 3)).toEqual([44, 160, 44]);
    expect(pixel(6, 6)).toEqual([51, 51, 51]);
    expect(pixel(3, 13)).toEqual([214, 39, 40]);
    expect(pixel(13, 13)).toEqual([255, 255, 255]);
  });
});

describe('the digits to begin with', () => {
  it('are as many of each class as wanted', async () => {
    const folder = join(root, 'digits');
    await writeDigits(folder, 2);
    const { classes, images } = await indexClasses(folder, 2);
    expect(classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(images).toHaveLength(20);
    expect(await modeOf({ classes, images })).toBe('grey');
  });
});

describe('the options', () => {
  const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, 'here');

  it('take a folder', () => {
    expect(parse('cats and dogs', '--size', '48')).toMatchObject({ folder: 'cats and dogs', size: 48, mode: null });
    expect(parse()).toMatchObject({ folder: null, output: 'here', requiredAccuracy: 0 });
    expect(parse('--smoke')).toMatchObject({ output: 'here/smoke', size: 32 });
    expect(parse('--help')).toBeNull();
    expect(help).toContain('FOLDER');
  });

  it.each([
    [['a', 'b'], 'One folder is expected, got a, b.'],
    [['--mode', 'blue'], '--mode must be grey or rgb, got "blue".'],
    [['--val-size', '1'], '--val-size must be a number from 0.05 to 0.95, got "1".'],
    [['--size', '8'], '--size must be an integer of at least 16, got "8".'],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(new Error(message));
  });
});
