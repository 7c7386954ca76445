import { ArgumentError, bytesPerElement, formatShape, type NDArray, ShapeError, sizeOf } from '@delira/core';
import { PREFIX_BYTES, type TensorEntry } from './parseHeader.js';
import { writtenType } from './TensorType.js';

/** A file before it is written: what goes where. */
export interface SafetensorsLayout {
  readonly entries: readonly (TensorEntry & { readonly array: NDArray })[];
  readonly dataBytes: number;
  /** The length prefix and the header, padded with spaces so that the data begins at a multiple of 8. */
  encodeHeader(metadata: Readonly<Record<string, string>>): Uint8Array;
}

/**
 * Lays tensors out, those of wide types first, so that each is aligned; else in the order of the map.
 *
 * @throws ArgumentError for the reserved name `__metadata__`, or a name that is not Unicode.
 * @throws ShapeError for an array whose data does not fill its shape.
 */
export function layoutSafetensors(tensors: ReadonlyMap<string, NDArray>): SafetensorsLayout {
  const sorted = [...tensors].sort(([, a], [, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype));
  let position = 0;
  const entries = sorted.map(([name, array]) => {
    checkName(name);
    if (sizeOf(array.shape) !== array.data.length) {
      throw new ShapeError(
        `Tensor "${name}" has ${array.data.length} values, but its shape ${formatShape(array.shape)} holds ${sizeOf(array.shape)}.`,
      );
    }
    const begin = position;
    position += array.data.byteLength;
    return { name, type: writtenType(array.dtype), shape: array.shape, begin, end: position, array };
  });
  return {
    entries,
    dataBytes: position,
    encodeHeader(metadata) {
      const fields = entries.map(
        ({ name, type, shape, begin, end }) => [name, { dtype: type, shape, data_offsets: [begin, end] }] as const,
      );
      const all = Object.keys(metadata).length === 0 ? fields : [['__metadata__', metadata] as const, ...fields];
      const text = new TextEncoder().encode(
        `{${all.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
      );
      const padded = Math.ceil(text.length / 8) * 8;
      const header = new Uint8Array(PREFIX_BYTES + padded).fill(0x20);
      new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
      header.set(text, PREFIX_BYTES);
      return header;
    },
  };
}

/**
 * A safetensors file, readable by every library of the format (https://github.com/huggingface/safetensors).
 *
 * @param metadata strings to put beside the tensors.
 * @throws ArgumentError, ShapeError as above.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NDArray>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { entries, dataBytes, encodeHeader } = layoutSafetensors(tensors);
  const header = encodeHeader(metadata);
  const file = new Uint8Array(header.length + dataBytes);
  file.set(header);
  for (const { begin, array } of entries) file.set(bytesOf(array), header.length + begin);
  return file;
}

/** The bytes of an array, not copied. */
export function bytesOf({ data }: NDArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function checkName(name: string): void {
  if (name === '__metadata__')
    throw new ArgumentError('A tensor cannot be called "__metadata__": the format uses that name. Rename it.');
  if (/\p{Surrogate}/u.test(name))
    throw new ArgumentError(
      `${JSON.stringify(name)} is not a Unicode string, so it cannot name a tensor in a file. Rename it.`,
    );
}
