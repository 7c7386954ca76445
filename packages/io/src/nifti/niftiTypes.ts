import { FormatError } from '../errors.js';
import type { NumberType } from '../numbers/NumberType.js';

export interface NiftiType {
  readonly code: number;
  readonly name: string;
  /** What a voxel is made of. */
  readonly number: NumberType;
  /** How many of them: 2 for complex numbers, 3 and 4 for colours. */
  readonly components: number;
}

const types: readonly NiftiType[] = [
  { code: 2, name: 'uint8', number: 'uint8', components: 1 },
  { code: 4, name: 'int16', number: 'int16', components: 1 },
  { code: 8, name: 'int32', number: 'int32', components: 1 },
  { code: 16, name: 'float32', number: 'float32', components: 1 },
  { code: 32, name: 'complex64', number: 'float32', components: 2 },
  { code: 64, name: 'float64', number: 'float64', components: 1 },
  { code: 128, name: 'RGB24', number: 'uint8', components: 3 },
  { code: 256, name: 'int8', number: 'int8', components: 1 },
  { code: 512, name: 'uint16', number: 'uint16', components: 1 },
  { code: 768, name: 'uint32', number: 'uint32', components: 1 },
  { code: 1024, name: 'int64', number: 'int64', components: 1 },
  { code: 1280, name: 'uint64', number: 'uint64', components: 1 },
  { code: 1792, name: 'complex128', number: 'float64', components: 2 },
  { code: 2304, name: 'RGBA32', number: 'uint8', components: 4 },
];

/** @throws FormatError for a code that is not read. */
export function niftiType(code: number): NiftiType {
  const type = types.find((each) => each.code === code);
  if (type === undefined) {
    throw new FormatError(
      `Its datatype is ${code}, which is not supported. Convert it to one of ${types.map(({ name }) => name).join(', ')}.`,
    );
  }
  return type;
}

/** The code that a stored type is written with. */
export function niftiCode(type: NumberType): number {
  return types.find((each) => each.name === type)!.code;
}
