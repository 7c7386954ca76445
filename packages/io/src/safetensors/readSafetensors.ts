import type { NDArray } from '@delira/core';
import { headerLength, parseHeader, PREFIX_BYTES, type SafetensorsLimits } from './parseHeader.js';
import { decodeTensor } from './TensorType.js';

export interface Safetensors {
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, NDArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file: F64, F32, F16 (as bits), I32, U8 and BOOL as they are, other integers as int32 if every value fits, BF16 widened to
 * float32. Holds no code that a file could run. Arrays are views of `bytes` where alignment allows.
 *
 * @throws FormatError for anything that is not a whole and unambiguous file; no memory is allocated on the word of the file alone.
 */
export function readSafetensors(bytes: Uint8Array, limits: SafetensorsLimits = {}): Safetensors {
  const dataStart = PREFIX_BYTES + headerLength(bytes, bytes.length, limits);
  const { metadata, entries } = parseHeader(bytes.subarray(PREFIX_BYTES, dataStart), bytes.length - dataStart);
  const tensors = new Map<string, NDArray>();
  for (const { name, type, shape, begin, end } of entries) {
    tensors.set(name, decodeTensor(name, type, shape, bytes.subarray(dataStart + begin, dataStart + end)));
  }
  return { tensors, metadata };
}
