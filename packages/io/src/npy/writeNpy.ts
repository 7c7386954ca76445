import type { DType, NDArray } from '@delira/core';
import { writeFileAtomic, type WriteOptions } from '../files/writeFileAtomic.js';

const descriptions = {
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
  int32: '<i4',
  uint8: '|u1',
  bool: '|b1',
} as const satisfies Record<DType, string>;

/** An array as the bytes of a `.npy` file, version 1, which every NumPy reads. */
export function writeNpy({ dtype, shape, data }: NDArray): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': (${extents}), }`;
  // Spaces and a line break fill up the header so that the data begins at a multiple of 64.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(length - 11)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return bytes;
}

/** Saves an array as a `.npy` file, which is replaced as a whole or not at all. @throws WriteError when the operating system refuses. */
export async function saveNpy(path: string, array: NDArray, options: WriteOptions = {}): Promise<void> {
  await writeFileAtomic(path, writeNpy(array), options);
}
