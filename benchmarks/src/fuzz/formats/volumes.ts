import { readFile, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ndarray, type Rng } from '@delira/core';
import { type Volume, volume } from '@delira/imaging';
import { loadVolume, readNifti, saveVolume, writeNifti } from '@delira/io';
import { mutateBytes } from '../mutateBytes.js';
import { damageField, damageStart, type Field, join } from '../damage.js';
import { type FuzzFormat, MAXIMUM_BYTES, type Prepared } from '../FuzzFormat.js';

const image: Volume = volume(
  ndarray(
    Array.from({ length: 60 }, (_, i) => (i * 7) % 100),
    [3, 4, 5],
    'int32',
  ),
  { spacing: [1, 2, 3], origin: [-5, 6, 7.5], direction: [0, 1, 0, -1, 0, 0, 0, 0, 1] },
);

/** The fields of NIfTI-1 and -2 that readers act on: dimensions, types, offsets, scaling, places. */
const first: readonly Field[] = [
  { at: 0, kind: 'int32' },
  { at: 40, kind: 'int16', count: 8 },
  { at: 70, kind: 'int16', count: 2 },
  { at: 76, kind: 'float32', count: 8 },
  { at: 108, kind: 'float32', count: 3 },
  { at: 123, kind: 'uint8' },
  { at: 252, kind: 'int16', count: 2 },
  { at: 256, kind: 'float32', count: 18 },
  { at: 344, kind: 'uint8', count: 8 },
];
const second: readonly Field[] = [
  { at: 0, kind: 'int32' },
  { at: 12, kind: 'int16', count: 2 },
  { at: 16, kind: 'int64', count: 8 },
  { at: 104, kind: 'float64', count: 8 },
  { at: 168, kind: 'int64' },
  { at: 176, kind: 'float64', count: 2 },
  { at: 344, kind: 'int32', count: 2 },
  { at: 352, kind: 'float64', count: 18 },
  { at: 500, kind: 'int32' },
];
const damageNifti = (bytes: Uint8Array, rng: Rng): Uint8Array =>
  damageField(bytes, bytes[0] === 540 % 256 ? second : first, rng);

const niftiFiles = (): readonly Uint8Array[] => [
  writeNifti(image),
  writeNifti(image, { type: 'int16', version: 2 }),
  writeNifti(image, { type: 'float64' }),
  writeNifti({ ...image, array: { ...image.array, shape: [1, 3, 2, 2, 5] } }, { type: 'uint8' }),
];

const nifti: FuzzFormat = {
  name: 'nifti',
  intact: () => Promise.resolve(niftiFiles()),
  damage: damageNifti,
  prepare: (bytes) =>
    Promise.resolve({ path: null, read: async () => readNifti(bytes, { maximumBytes: MAXIMUM_BYTES }) }),
};

let bomb: Uint8Array | null = null;
/** A quarter of a megabyte that would become a quarter of a gigabyte, behind a header that asks for little. */
const makeBomb = (): Uint8Array => (bomb ??= gzipSync(join(niftiFiles()[0]!, new Uint8Array(2 ** 28))));

const niftiGz: FuzzFormat = {
  name: 'nifti.gz',
  intact: () => Promise.resolve(niftiFiles().map((file) => new Uint8Array(gzipSync(file)))),
  damage(bytes, rng) {
    const kind = rng.int(400);
    if (kind === 0) return makeBomb();
    if (kind < 100) return mutateBytes(bytes, rng);
    const files = niftiFiles();
    let file = files[rng.int(files.length)]!;
    for (let change = 0; change <= rng.int(3); change++) file = damageNifti(file, rng);
    return gzipSync(kind < 300 ? file : mutateBytes(file, rng));
  },
  prepare: (bytes, folder) => file(folder, 'größe 1.nii.gz', bytes),
};

/** A header whose voxels lie in a file of their own. */
function headerOfPair(): Uint8Array {
  const header = writeNifti(image).slice(0, 348);
  new DataView(header.buffer).setFloat32(108, 0, true);
  header[345] = 'i'.charCodeAt(0);
  return header;
}

const niftiPair: FuzzFormat = {
  name: 'nifti.hdr',
  intact: () => Promise.resolve([headerOfPair()]),
  damage: damageNifti,
  async prepare(bytes, folder) {
    await writeFile(joinPath(folder, 'größe 1.img'), new Uint8Array(240));
    const { read } = await file(folder, 'größe 1.hdr', bytes);
    // Either of the two may be at fault.
    return { path: joinPath(folder, 'größe 1.'), read };
  },
};

async function file(folder: string, name: string, bytes: Uint8Array): Promise<Prepared> {
  const path = joinPath(folder, name);
  await writeFile(path, bytes);
  return { path, read: () => loadVolume(path, { maximumBytes: MAXIMUM_BYTES }) };
}

async function saved(folder: string, ending: string): Promise<Uint8Array> {
  const path = joinPath(folder, `volume${ending}`);
  await saveVolume(path, image, { type: 'int16' });
  return new Uint8Array(await readFile(path));
}

const text = (lines: readonly string[], data: Uint8Array): Uint8Array => join(Buffer.from(lines.join('\n')), data);
const voxels = Uint8Array.from({ length: 48 }, (_, i) => i);

const nrrd: FuzzFormat = {
  name: 'nrrd',
  async intact(folder) {
    const header = ['NRRD0004', 'type: short', 'dimension: 3', 'space: left-posterior-superior', 'sizes: 2 3 4'];
    const place = ['space directions: (1,0,0) (0,2,0) (0,0,3)', 'kinds: domain domain domain', 'endian: big'];
    const origin = ['space origin: (-5,6,7.5)', 'my key:=a value', '', ''];
    return [
      await saved(folder, '.nrrd'),
      text([...header, ...place, 'encoding: raw', ...origin], voxels),
      text([...header, ...place, 'encoding: gzip', ...origin], gzipSync(voxels)),
      text([...header, ...place, 'encoding: ascii', ...origin], Buffer.from([...voxels.subarray(24)].join(' '))),
    ];
  },
  damage: (bytes, rng) => damageStart(bytes, headerLength(bytes, '\n\n'), rng),
  prepare: (bytes, folder) => file(folder, 'größe 1.nrrd', bytes),
};

const mha: FuzzFormat = {
  name: 'mha',
  async intact(folder) {
    const header = ['ObjectType = Image', 'NDims = 3', 'BinaryData = True', 'BinaryDataByteOrderMSB = True'];
    const place = ['TransformMatrix = 1 0 0 0 1 0 0 0 1', 'Offset = -5 6 7.5', 'ElementSpacing = 1 2 3'];
    const data = ['DimSize = 2 3 4', 'ElementType = MET_SHORT', 'ElementDataFile = LOCAL', ''];
    return [
      await saved(folder, '.mha'),
      text([...header, ...place, ...data], voxels),
      text([...header, ...data], voxels),
    ];
  },
  damage: (bytes, rng) => damageStart(bytes, headerLength(bytes, 'LOCAL\n'), rng),
  prepare: (bytes, folder) => file(folder, 'größe 1.mha', bytes),
};

function headerLength(bytes: Uint8Array, end: string): number {
  const at = Buffer.from(bytes).indexOf(end);
  return at < 0 ? bytes.length : at + end.length;
}

export const volumes: readonly FuzzFormat[] = [nifti, niftiGz, niftiPair, nrrd, mha];
