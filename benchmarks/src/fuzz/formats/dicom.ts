import { writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { Rng } from '@delira/core';
import { ndarray } from '@delira/core';
import { loadVolume, writeImage } from '@delira/io';
import { damageField, type FieldKind, join, pick } from '../damage.js';
import { type FuzzFormat, MAXIMUM_BYTES } from '../FuzzFormat.js';

type Value = string | number | Uint8Array;
/** Group, element, value representation, value. */
type Element = readonly [group: number, element: number, representation: string, value: Value];

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const JPEG = '1.2.840.10008.1.2.4.50';
const RLE = '1.2.840.10008.1.2.5';
const LONG = ['OB', 'OW', 'SQ', 'UN'];

function encode([group, element, representation, value]: Element, implicit: boolean, endless = false): Uint8Array {
  const content =
    typeof value === 'string'
      ? Buffer.from(value.length % 2 === 0 ? value : `${value}${representation === 'UI' ? '\0' : ' '}`)
      : typeof value === 'number'
        ? Uint8Array.of(value & 255, value >> 8)
        : value;
  const long = !implicit && LONG.includes(representation);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(element, 2);
  if (!implicit) head.write(representation, 4);
  const length = endless ? 0xffffffff : content.length;
  if (long) head.writeUInt32LE(length, 8);
  else if (implicit) head.writeUInt32LE(length, 4);
  else head.writeUInt16LE(length, 6);
  return join(head, content);
}

const item = (content: Uint8Array): Uint8Array => {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length, 4);
  return join(head, content);
};
const END = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);

/** One slice of 8 × 8 pixels, in a given way of writing them. */
function slice(syntax: string, pixels: Uint8Array, bits: 8 | 16): Uint8Array {
  const implicit = syntax === IMPLICIT;
  const compressed = syntax === JPEG || syntax === RLE;
  const meta = join(
    encode([0x0002, 0x0001, 'OB', Uint8Array.of(0, 1)], false),
    encode([0x0002, 0x0002, 'UI', '1.2.840.10008.5.1.4.1.1.2'], false),
    encode([0x0002, 0x0003, 'UI', '1.2.3.4.5'], false),
    encode([0x0002, 0x0010, 'UI', syntax], false),
  );
  const elements: readonly Element[] = [
    [0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    [0x0008, 0x0018, 'UI', '1.2.3.4.5'],
    [0x0008, 0x0060, 'CS', 'CT'],
    [0x0008, 0x1140, 'SQ', item(encode([0x0008, 0x1155, 'UI', '1.2.3'], implicit))],
    [0x0010, 0x0010, 'PN', 'Nobody^At all'],
    [0x0018, 0x0050, 'DS', '2.5'],
    [0x0020, 0x000d, 'UI', '1.2.3'],
    [0x0020, 0x000e, 'UI', '1.2.3.4'],
    [0x0020, 0x0013, 'IS', '1'],
    [0x0020, 0x0032, 'DS', '-100\\20.5\\30'],
    [0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x0028, 0x0002, 'US', 1],
    [0x0028, 0x0004, 'CS', 'MONOCHROME2'],
    [0x0028, 0x0008, 'IS', '1'],
    [0x0028, 0x0010, 'US', 8],
    [0x0028, 0x0011, 'US', 8],
    [0x0028, 0x0030, 'DS', '0.5\\0.75'],
    [0x0028, 0x0100, 'US', bits],
    [0x0028, 0x0101, 'US', bits],
    [0x0028, 0x0102, 'US', bits - 1],
    [0x0028, 0x0103, 'US', 0],
    [0x0028, 0x1052, 'DS', '-1024'],
    [0x0028, 0x1053, 'DS', '1'],
  ];
  const fragments = compressed ? join(item(new Uint8Array()), item(pixels), END) : pixels;
  return join(
    new Uint8Array(128),
    Buffer.from('DICM'),
    encode([0x0002, 0x0000, 'UL', Uint8Array.of(meta.length & 255, meta.length >> 8, 0, 0)], false),
    meta,
    ...elements.map((element) => encode(element, implicit)),
    encode([0x7fe0, 0x0010, bits === 8 ? 'OB' : 'OW', fragments], implicit, compressed),
  );
}

/** PackBits of one segment: 64 bytes as they are. */
function runLengths(pixels: Uint8Array): Uint8Array {
  const head = Buffer.alloc(64);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(64, 4);
  return join(head, Uint8Array.of(pixels.length - 1), pixels, Uint8Array.of(0x80));
}

async function intact(): Promise<readonly Uint8Array[]> {
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => 4 * i);
  const wide = Uint8Array.from({ length: 128 }, (_, i) => i);
  const picture = await writeImage(ndarray(pixels, [8, 8], 'uint8'), { format: 'jpeg' });
  const even = picture.length % 2 === 0 ? picture : join(picture, Uint8Array.of(0));
  return [
    slice(EXPLICIT, wide, 16),
    slice(IMPLICIT, wide, 16),
    slice(EXPLICIT, pixels, 8),
    slice(JPEG, even, 8),
    slice(RLE, runLengths(pixels), 8),
  ];
}

/** Groups and elements whose values or lengths decide what is allocated, and how it is decoded. */
const TAGS = [
  ...[0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103],
  ...[0x00020010, 0x00020000, 0x00081140, 0x00200032, 0x00200037, 0x00280030, 0x00281052, 0x00281053, 0x7fe00010],
];

function damage(bytes: Uint8Array, rng: Rng): Uint8Array {
  const tag = pick(TAGS, rng);
  const wanted = Buffer.from([(tag >> 16) & 255, tag >>> 24, tag & 255, (tag >> 8) & 255]);
  const at = Buffer.from(bytes).indexOf(wanted, 128);
  if (at < 0) return Uint8Array.from(bytes);
  const kinds: readonly FieldKind[] = ['int16', 'int32', 'uint8'];
  const text = rng.int(4) === 0;
  const fields = kinds.map((kind) => ({ at: at + 4, kind, count: text ? 20 : 4 }));
  return damageField(bytes, fields, rng);
}

export const dicom: FuzzFormat = {
  name: 'dicom',
  intact,
  damage,
  async prepare(bytes, folder) {
    const path = joinPath(folder, 'größe 1.dcm');
    await writeFile(path, bytes);
    return { path, read: () => loadVolume(path, { maximumBytes: MAXIMUM_BYTES }) };
  },
};
