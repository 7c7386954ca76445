import { type DType, type NDArray, sizeOf } from '@delira/core';
import { FormatError } from '../errors.js';
import { loadBytes, type LoadLimits, namingFile } from '../files/loadBytes.js';
import { decodeNumbers } from '../numbers/decodeNumbers.js';
import type { NumberType } from '../numbers/NumberType.js';

export interface ReadNpyOptions {
  /** Of the array; default as stored where there is such a dtype, int32 for other integers. */
  readonly dtype?: Exclude<DType, 'float16' | 'bool'>;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's letters and sizes. */
const types: Readonly<Record<string, NumberType | 'bool' | 'float16' | undefined>> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  b1: 'bool',
};

/**
 * Reads an array that NumPy saved: any version, byte order and memory order. The result is row-major, and may be a view of `bytes`. Objects are
 * refused, since unpickling them runs code.
 *
 * @throws FormatError when the bytes are not a whole `.npy` file of numbers; no memory is allocated on the word of the file alone.
 */
export function readNpy(bytes: Uint8Array, options: ReadNpyOptions = {}): NDArray {
  if (!MAGIC.every((byte, index) => bytes[index] === byte) || bytes.length < 10)
    throw new FormatError('This is not a .npy file: those begin with the byte 0x93 and NUMPY.');
  const version = bytes[6]!;
  if (version < 1 || version > 3)
    throw new FormatError(`It has version ${version} of the .npy format; 1 to 3 are known.`);
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw new FormatError('It ends inside its header. The file is truncated.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > bytes.length - prefix || length > LONGEST_HEADER)
    throw new FormatError(
      `Its header claims to be ${length} bytes long, but ${bytes.length - prefix} follow. The file is truncated or damaged.`,
    );
  const { type, littleEndian, fortran, shape } = parseHeader(
    new TextDecoder().decode(bytes.subarray(prefix, prefix + length)),
  );
  const data = bytes.subarray(prefix + length);
  const size = type === 'bool' ? 1 : type === 'float16' ? 2 : Number(/\d+$/.exec(type)![0]) / 8;
  if (data.length !== sizeOf(shape) * size)
    throw new FormatError(
      `An array [${shape.join(', ')}] of ${type} has ${sizeOf(shape) * size} bytes, this file ${data.length}. It is truncated or damaged.`,
    );
  const stored = decode(data, type, littleEndian, shape, options);
  return fortran ? toRowMajor(stored) : stored;
}

/** As NumPy has it: a longer one is not believed. */
const LONGEST_HEADER = 65_536;

/**
 * Loads a `.npy` file; see `readNpy`.
 *
 * @throws NotFoundError when there is no such file. @throws InputError when the operating system does not let it be read.
 */
export async function loadNpy(path: string, options: ReadNpyOptions & LoadLimits = {}): Promise<NDArray> {
  return namingFile(path, async () => readNpy(await loadBytes(path, options), options));
}

interface NpyHeader {
  readonly type: NumberType | 'bool' | 'float16';
  readonly littleEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** The header is a Python dictionary of three entries, always printed alike. */
function parseHeader(text: string): NpyHeader {
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const extents = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  const described = /'descr':\s*'([<>|=])(\w+)'/.exec(text);
  if (order === undefined || extents === undefined)
    throw new FormatError('Its header is not one that NumPy writes. The file is damaged.');
  const type = types[described?.[2] ?? ''];
  if (described === null || type === undefined) {
    const found = /'descr':\s*(.{1,40})/.exec(text)?.[1] ?? 'nothing';
    throw new FormatError(
      `Its values are described as ${found}, which is not supported. Save an array of numbers: ${Object.values(types).join(', ')}.`,
    );
  }
  const shape = extents
    .split(',')
    .map((extent) => extent.trim())
    .filter((extent) => extent !== '')
    .map(Number);
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(sizeOf(shape)))
    throw new FormatError(`Its shape (${extents}) is beyond any file. It is damaged.`);
  return { type, littleEndian: described[1] !== '>', fortran: order === 'True', shape };
}

function decode(
  data: Uint8Array,
  type: NumberType | 'bool' | 'float16',
  littleEndian: boolean,
  shape: readonly number[],
  { dtype }: ReadNpyOptions,
): NDArray {
  const options = { littleEndian, owned: false, shape, scaling: null, ...(dtype === undefined ? {} : { dtype }) };
  if (type === 'float16') {
    if (dtype !== undefined)
      throw new FormatError(`It holds float16, which is kept as raw bits and cannot be read as ${dtype}.`);
    const bits = decodeNumbers(data, 'uint16', { ...options, dtype: 'float64' });
    return { dtype: 'float16', shape, data: Uint16Array.from(bits.data) };
  }
  if (type !== 'bool') return decodeNumbers(data, type, options);
  if (data.some((byte) => byte > 1))
    throw new FormatError('It holds a boolean that is neither 0 nor 1. It is damaged.');
  const bytes = decodeNumbers(data, 'uint8', options);
  return dtype === undefined ? { dtype: 'bool', shape, data: bytes.data as Uint8Array } : bytes;
}

/** Column-major order is the row-major order of the reversed axes. */
function toRowMajor({ dtype, shape, data }: NDArray): NDArray {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const ordered = data.slice();
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < ordered.length; to++) {
    ordered[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { dtype, shape, data: ordered };
}
