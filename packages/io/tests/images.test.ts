import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, DTypeError, ndarray, NotFoundError, ShapeError, zeros } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { FormatError, loadImage, readImage, saveImage, writeImage } from '../src/index.js';
import { describe, expect, it } from 'vitest';

const grey8 = ndarray([0, 1, 128, 254, 255, 7], [1, 2, 3], 'uint8');
const grey16 = ndarray([0, 1, 256, 65_535, 40_000, 7], [1, 2, 3], 'int32');
const rgb8 = ndarray([255, 0, 10, 0, 255, 20], [3, 1, 2], 'uint8');
const rgba8 = ndarray([255, 0, 10, 0, 255, 20, 128, 0], [4, 1, 2], 'uint8');

describe('an image written and read again', () => {
  it.each([
    { name: '8-bit grey PNG', image: grey8, bits: 8 as const, ending: 'png' },
    { name: '16-bit grey PNG', image: grey16, bits: 16 as const, ending: 'png' },
    { name: '8-bit colour PNG', image: rgb8, bits: 8 as const, ending: 'png' },
    {
      name: '16-bit colour PNG',
      image: ndarray([65_535, 0, 1000, 1, 2, 3], [3, 1, 2], 'int32'),
      bits: 16 as const,
      ending: 'PNG',
    },
    { name: '8-bit grey TIFF', image: grey8, bits: 8 as const, ending: 'tif' },
    { name: '16-bit grey TIFF', image: grey16, bits: 16 as const, ending: 'tiff' },
    { name: '8-bit colour TIFF', image: rgb8, bits: 8 as const, ending: 'tiff' },
  ])('has the same values: $name', async ({ image, bits, ending }) => {
    const path = join(temporaryFolder(), `größe 1.${ending}`);
    await saveImage(path, image, { bits });
    expect(await loadImage(path)).toEqual(image);
  });

  it('keeps opacity where asked to', async () => {
    const bytes = await writeImage(rgba8);
    expect(await readImage(bytes, { mode: 'rgba' })).toEqual(rgba8);
    expect(await readImage(bytes)).toEqual(rgb8);
    expect(await readImage(await writeImage(grey8), { mode: 'rgba' })).toMatchObject({ shape: [4, 2, 3] });
  });

  it('resembles the original as a JPEG', async () => {
    const image = ndarray(Array<number>(64).fill(100), [8, 8], 'uint8');
    const read = await readImage(await writeImage(image, { format: 'jpeg' }));
    expect(read.shape).toEqual([1, 8, 8]);
    expect(Math.abs(read.data[0]! - 100)).toBeLessThanOrEqual(1);
  });
});

describe('values', () => {
  it('become grey by the weights of ITU-R 601', async () => {
    const image = ndarray([255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30], [3, 1, 4], 'uint8');
    const grey = await readImage(await writeImage(image), { mode: 'grey' });
    expect(grey).toEqual(ndarray([76, 150, 29, 18], [1, 1, 4], 'uint8'));
  });

  it('are mapped from a range, and booleans to black and white', async () => {
    const scan = ndarray([-2000, -1000, 0, 1000, 5000], [1, 5]);
    expect([...(await readImage(await writeImage(scan, { range: [-1000, 1000] }))).data]).toEqual([
      0, 0, 128, 255, 255,
    ]);
    const mask = ndarray([0, 1], [1, 2], 'bool');
    expect([...(await readImage(await writeImage(mask))).data]).toEqual([0, 255]);
  });

  it('are cast', async () => {
    expect(await readImage(await writeImage(grey8), { dtype: 'float32', mode: 'rgb' })).toMatchObject({
      dtype: 'float32',
      shape: [3, 2, 3],
    });
  });

  it('that do not fit are refused', async () => {
    await expect(writeImage(grey16)).rejects.toThrow('256 is not a sample of 8 bits');
    await expect(writeImage(ndarray([0.5], [1, 1]))).rejects.toThrow(ArgumentError);
    await expect(writeImage(zeros([1, 1], 'float16'))).rejects.toThrow(DTypeError);
    await expect(writeImage(zeros([2, 4, 4]))).rejects.toThrow(ShapeError);
    await expect(writeImage(grey8, { range: [1, 1] })).rejects.toThrow('from black to white');
    await expect(writeImage(grey8, { format: 'jpeg', bits: 16 })).rejects.toThrow('Write a PNG');
    await expect(saveImage('image.bmp', grey8)).rejects.toThrow('should end in one of');
  });
});

describe('a file that is no image', () => {
  it('is refused', async () => {
    const bytes = await writeImage(
      ndarray(
        Array.from({ length: 3000 }, (_, i) => (i * 37) % 256),
        [50, 60],
        'uint8',
      ),
    );
    await expect(readImage(new Uint8Array(0))).rejects.toThrow(FormatError);
    await expect(readImage(new Uint8Array(100))).rejects.toThrow(FormatError);
    await expect(readImage(bytes.subarray(0, bytes.length / 2))).rejects.toThrow(FormatError);
    await expect(readImage(bytes, { maximumBytes: 2999 })).rejects.toThrow(FormatError);
    await expect(readImage(bytes, { page: -1 })).rejects.toThrow(ArgumentError);
    await expect(readImage(bytes, { page: 3 })).rejects.toThrow(FormatError);
  });

  it('is named', async () => {
    const path = join(temporaryFolder(), 'x.png');
    await expect(loadImage(path)).rejects.toThrow(NotFoundError);
    writeFileSync(path, 'no image');
    await expect(loadImage(path)).rejects.toThrow(`${path}: It cannot be decoded`);
  });
});
