import { allocate, type DType, formatShape, type NDArray, sizeOf } from '@delira/core';
import { FormatError } from './errors.js';

interface IdxType {
  readonly name: string;
  readonly bytes: number;
  readonly dtype: DType;
  readonly read: (view: DataView, position: number) => number;
}

/** The types of the format by their code. All values are big-endian. */
const types: Readonly<Record<number, IdxType>> = {
  0x08: { name: 'unsigned byte', bytes: 1, dtype: 'uint8', read: (view, position) => view.getUint8(position) },
  0x09: { name: 'signed byte', bytes: 1, dtype: 'int32', read: (view, position) => view.getInt8(position) },
  0x0b: { name: 'short', bytes: 2, dtype: 'int32', read: (view, position) => view.getInt16(position) },
  0x0c: { name: 'int', bytes: 4, dtype: 'int32', read: (view, position) => view.getInt32(position) },
  0x0d: { name: 'float', bytes: 4, dtype: 'float32', read: (view, position) => view.getFloat32(position) },
  0x0e: { name: 'double', bytes: 8, dtype: 'float64', read: (view, position) => view.getFloat64(position) },
};

/**
 * Reads an idx file, the format MNIST comes in (http://yann.lecun.com/exdb/mnist): unsigned bytes as uint8, other integers as int32.
 * Unsigned bytes are a view of `bytes`; the rest is copied.
 *
 * @throws FormatError when the bytes are not a whole idx file; no memory is allocated on the word of the file alone.
 */
export function readIdx(bytes: Uint8Array): NDArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new FormatError(
      'This idx file is compressed. Decompress it first, for example with gunzipSync of node:zlib.',
    );
  const type = types[bytes[2] ?? 0];
  const rank = bytes[3];
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || rank === undefined) {
    throw new FormatError(
      'This is not an idx file: those begin with two zero bytes, a known type and the number of dimensions.',
    );
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start)
    throw new FormatError(
      `The idx file ends inside its header: ${rank} dimensions need ${start} bytes, there are ${bytes.length}.`,
    );
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = sizeOf(shape);
  if (bytes.length - start !== length * type.bytes) {
    throw new FormatError(
      `An idx file of ${type.name}s ${formatShape(shape)} has ${length * type.bytes} bytes after its header, this one ${bytes.length - start}. It is truncated or damaged.`,
    );
  }
  if (type.dtype === 'uint8')
    return { dtype: 'uint8', shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, length) };
  const data = allocate(type.dtype, length);
  for (let i = 0; i < length; i++) data[i] = type.read(view, start + i * type.bytes);
  return { dtype: type.dtype, shape, data };
}
