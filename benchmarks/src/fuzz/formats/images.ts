import { crc32 } from 'node:zlib';
import { ndarray, type NDArray, type Rng } from '@delira/core';
import { type ImageFormat, readImage, writeImage } from '@delira/io';
import { mutateBytes } from '../mutateBytes.js';
import { damageField, join, pick } from '../damage.js';
import { type FuzzFormat, MAXIMUM_BYTES } from '../FuzzFormat.js';

const values = (length: number): readonly number[] => Array.from({ length }, (_, i) => (i * 37) % 256);
const pictures: readonly NDArray[] = [
  ndarray(values(600), [20, 30], 'uint8'),
  ndarray(values(3 * 12 * 10), [3, 12, 10], 'uint8'),
];

const imageFormat = (name: ImageFormat, damage: FuzzFormat['damage'], wide: boolean): FuzzFormat => ({
  name,
  intact: () =>
    Promise.all([
      ...pictures.map((picture) => writeImage(picture, { format: name })),
      ...(wide ? [writeImage(pictures[1]!, { format: name, bits: 16 })] : []),
    ]),
  damage,
  prepare: (bytes) =>
    Promise.resolve({
      path: null,
      read: () => readImage(bytes, { maximumBytes: MAXIMUM_BYTES, page: name === 'tiff' ? 'all' : 0 }),
    }),
});

/** Chunks of a PNG: damaged inside, but with the right checksum; left out, or twice. */
function damagePng(bytes: Uint8Array, rng: Rng): Uint8Array {
  const chunks: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return mutateBytes(bytes, rng);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  if (chunks.length === 0) return mutateBytes(bytes, rng);
  const at = rng.int(chunks.length);
  const chunk = Uint8Array.from(chunks[at]!);
  const change = rng.int(6);
  if (change === 0) return join(bytes.subarray(0, 8), ...chunks.toSpliced(at, 1));
  if (change === 1) return join(bytes.subarray(0, 8), ...chunks.toSpliced(at, 0, chunk));
  const inside = { at: 4, kind: change < 4 ? 'uint8' : 'int32', count: Math.max(1, (chunk.length - 8) >> 2) } as const;
  const damaged = damageField(chunk, [inside], rng);
  new DataView(damaged.buffer).setUint32(damaged.length - 4, crc32(damaged.subarray(4, -4)));
  return join(bytes.subarray(0, 8), ...chunks.with(at, damaged));
}

/** Segments of a JPEG begin with 0xff: lengths and values behind the markers. */
function damageJpeg(bytes: Uint8Array, rng: Rng): Uint8Array {
  const markers = [...bytes.keys()].filter((at) => bytes[at] === 0xff && bytes[at + 1] !== 0);
  if (markers.length === 0) return mutateBytes(bytes, rng);
  return damageField(bytes, [{ at: pick(markers, rng) + 1, kind: 'uint8', count: 12 }], rng);
}

/** Entries of a TIFF's first directory: tag, type, count, value. */
function damageTiff(bytes: Uint8Array, rng: Rng): Uint8Array {
  if (bytes.length < 8) return mutateBytes(bytes, rng);
  const directory = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return damageField(
    bytes,
    [
      { at: 4, kind: 'int32' },
      { at: directory, kind: 'int16' },
      { at: directory + 2, kind: 'int16', count: 80 },
      { at: directory + 6, kind: 'int32', count: 40 },
    ],
    rng,
  );
}

export const images: readonly FuzzFormat[] = [
  imageFormat('png', damagePng, true),
  imageFormat('jpeg', damageJpeg, false),
  imageFormat('tiff', damageTiff, true),
];
