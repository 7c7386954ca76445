import { formatShape, type Shape } from '@delira/core';
import { FormatError } from '../errors.js';
import { findDuplicateKey } from './findDuplicateKey.js';
import { elementSize } from './TensorType.js';

export interface SafetensorsLimits {
  /** Longest header to read, in bytes; default 100,000,000, as in the format's own library. */
  readonly headerBytes?: number;
}

/** Where one tensor lies. Offsets count from the first byte after the header. */
export interface TensorEntry {
  readonly name: string;
  /** As in the header: `'F32'`, `'I64'`… */
  readonly type: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes. */
  readonly entries: readonly TensorEntry[];
}

/** The bytes before the header: its length as an unsigned 64-bit integer. */
export const PREFIX_BYTES = 8;

/**
 * How long the header is, read from the first 8 bytes of a file.
 *
 * @throws FormatError when that is more than the limit or the file.
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, limits: SafetensorsLimits): number {
  if (fileBytes < PREFIX_BYTES)
    throw new FormatError(
      `A file of ${fileBytes} bytes is not a safetensors file: those begin with 8 bytes that give the length of the header.`,
    );
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  const limit = limits.headerBytes ?? 100_000_000;
  if (length > limit)
    throw new FormatError(
      `The header claims to be ${length} bytes long, beyond the limit of ${limit}. This is not a safetensors file, or its beginning is damaged.`,
    );
  if (Number(length) > fileBytes - PREFIX_BYTES) {
    throw new FormatError(
      `The header claims to be ${length} bytes long, but only ${fileBytes - PREFIX_BYTES} follow. The file is truncated, or not a safetensors file.`,
    );
  }
  return Number(length);
}

/**
 * Reads and checks a header: every tensor's bytes have the length that its shape and type need, they lie within the file, do not overlap
 * and leave no gap.
 *
 * @param dataBytes how many bytes follow the header.
 * @throws FormatError for anything else.
 */
export function parseHeader(header: Uint8Array, dataBytes: number): SafetensorsHeader {
  const root = parseJson(header);
  const { metadata, tensors } = split(root);
  const entries = tensors
    .map(([name, value]) => toEntry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position)
      throw new FormatError(
        `Tensor "${name}" begins at byte ${begin}, ${begin < position ? 'inside another tensor' : 'after a gap'}: expected byte ${position}.`,
      );
    position = end;
  }
  if (position > dataBytes)
    throw new FormatError(
      `The tensors need ${position} bytes, but only ${dataBytes} follow the header. The file is truncated.`,
    );
  if (position < dataBytes)
    throw new FormatError(
      `${dataBytes - position} bytes follow the last tensor. They belong to no tensor; the file is damaged, or hides something.`,
    );
  return { metadata, entries };
}

function parseJson(header: Uint8Array): object {
  let text: string;
  let root: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(header);
    root = JSON.parse(text);
  } catch (cause) {
    throw new FormatError('The header is not JSON. This is not a safetensors file, or it is damaged.', { cause });
  }
  if (!text.startsWith('{') || !isObject(root))
    throw new FormatError('The header is not a JSON object. This is not a safetensors file, or it is damaged.');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null)
    throw new FormatError(
      `The header has the key "${duplicate}" twice. The file is damaged, or made to be read in two ways.`,
    );
  return root;
}

function split(root: object): {
  metadata: Readonly<Record<string, string>>;
  tensors: readonly (readonly [string, unknown])[];
} {
  const all = Object.entries(root) as [string, unknown][];
  const metadata = all.find(([name]) => name === '__metadata__')?.[1] ?? {};
  if (!isObject(metadata)) throw new FormatError('The header\'s "__metadata__" is not an object.');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string')
      throw new FormatError(
        `The header's "__metadata__" holds ${JSON.stringify(value)} for "${key}". Its values are strings.`,
      );
  }
  return {
    metadata: metadata as Readonly<Record<string, string>>,
    tensors: all.filter(([name]) => name !== '__metadata__'),
  };
}

function toEntry(name: string, value: unknown): TensorEntry {
  const {
    dtype: type,
    shape,
    data_offsets: offsets,
  } = isObject(value) ? (value as Readonly<Record<string, unknown>>) : {};
  if (typeof type !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new FormatError(
      `The header's entry of tensor "${name}" needs a dtype, a shape and two data_offsets; it is ${JSON.stringify(value).slice(0, 200)}.`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, extent) => product * extent, elementSize(type, name));
  if (end - begin !== bytes)
    throw new FormatError(
      `Tensor "${name}", ${type} ${formatShape(shape)}, takes ${bytes} bytes, but its offsets ${begin} to ${end} enclose ${end - begin}.`,
    );
  return { name, type, shape, begin, end };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
