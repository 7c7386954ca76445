import { affineOf, type Matrix4 } from '@delira/imaging';
import { expectClose, loadFixture } from '@delira/testkit';
import { readNifti } from '../src/index.js';
import { describe, expect, it } from 'vitest';

interface Recorded {
  readonly cases: readonly {
    readonly name: string;
    readonly fileBase64: string;
    readonly affine: readonly number[];
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
  readonly gzipBase64: string;
}
const recorded = loadFixture<Recorded>(import.meta.url, 'nibabel');
const fileOf = (name: string): Buffer =>
  Buffer.from(recorded.cases.find((each) => each.name === name)!.fileBase64, 'base64');

describe("nibabel's files", () => {
  it.each(recorded.cases)('are read: $name', ({ name, fileBase64, affine, shape, values }) => {
    const volume = readNifti(Buffer.from(fileBase64, 'base64'));
    expect(volume.array.shape).toEqual(shape);
    expectClose(volume.array.data, values, { rtol: name === 'scaled' ? 1e-7 : 0, atol: 0 });
    // Spacing and direction are split and joined again.
    expectClose([...affineOf(volume, 'RAS')], affine, { rtol: 1e-14, atol: 1e-14 });
  });

  it('are read compressed, and into another dtype', () => {
    const plain = readNifti(Buffer.from(recorded.cases[0]!.fileBase64, 'base64'));
    expect(readNifti(Buffer.from(recorded.gzipBase64, 'base64')).array).toEqual(plain.array);
    expect(readNifti(fileOf('uint64, big-endian'), { dtype: 'float32' }).array.dtype).toBe('float32');
  });

  it.each([
    { name: 'int8, little-endian', dtype: 'int32' },
    { name: 'uint8, little-endian', dtype: 'uint8' },
    { name: 'uint16, big-endian', dtype: 'int32' },
    { name: 'int64, big-endian', dtype: 'int32' },
    { name: 'float64, big-endian', dtype: 'float64' },
    { name: 'complex64, little-endian', dtype: 'float32' },
    { name: 'scaled', dtype: 'float32' },
  ])('become $dtype: $name', ({ name, dtype }) => {
    expect(readNifti(fileOf(name)).array.dtype).toBe(dtype);
  });

  it('are left as they are in memory', () => {
    const bytes = fileOf('int16, big-endian');
    const before = [...bytes];
    readNifti(bytes);
    expect([...bytes]).toEqual(before);
  });

  it('say where they lie by either form', () => {
    const bytes = fileOf('qform with a higher code');
    const qform: Matrix4 = [0, -2, 0, 5, -1.5, 0, 0, 6, 0, 0, -3, 7, 0, 0, 0, 1];
    expectClose([...affineOf(readNifti(bytes, { form: 'qform' }), 'RAS')], [...qform], { atol: 1e-6 });
    expect(readNifti(bytes, { form: 'pixdim' }).spacing).toEqual([1.5, 2, 3]);
  });

  it('give millimetres, whatever their unit', () => {
    const bytes = fileOf('uint8, little-endian');
    const { spacing } = readNifti(bytes);
    bytes[123] = 3;
    expectClose(
      [...readNifti(bytes).spacing],
      spacing.map((step) => step / 1000),
    );
  });
});
