import { bytesPerElement, type DType, type NDArray, type Shape, sizeOf, viewBytes } from '@delira/core';
import { FormatError } from '../errors.js';

/** How a dtype is called in a safetensors header. */
const written = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<DType, string>;

const native = Object.fromEntries(Object.entries(written).map(([dtype, name]) => [name, dtype])) as Readonly<
  Record<string, DType>
>;

/** Integers that are read as int32. */
const integers = {
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const;
type IntegerType = keyof typeof integers;

/** Types that are read into another dtype, with their size in bytes. */
const converted: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(integers).map(([type, { BYTES_PER_ELEMENT }]) => [type, BYTES_PER_ELEMENT])),
  BF16: 2,
};

export function writtenType(dtype: DType): string {
  return written[dtype];
}

/** Bytes per element of a header's type. @throws FormatError for a type that is not read. */
export function elementSize(type: string, tensor: string): number {
  const size = Object.hasOwn(native, type)
    ? bytesPerElement(native[type]!)
    : Object.hasOwn(converted, type)
      ? converted[type]
      : undefined;
  if (size === undefined) {
    throw new FormatError(
      `Tensor "${tensor}" is of type ${type}, which is not supported. Convert it to one of ${[...Object.keys(native), ...Object.keys(converted)].join(', ')}.`,
    );
  }
  return size;
}

/**
 * The array that some bytes of a file hold: a view where alignment and type allow, else a copy.
 *
 * @throws FormatError for an integer beyond int32, or a BOOL that is neither 0 nor 1.
 */
export function decodeTensor(tensor: string, type: string, shape: Shape, bytes: Uint8Array): NDArray {
  const size = elementSize(type, tensor);
  // Not slice, which does not copy a Buffer.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset } = aligned;
  const length = sizeOf(shape);
  if (isInteger(type)) {
    const values = new integers[type](buffer as ArrayBuffer, byteOffset, length);
    return { dtype: 'int32', shape, data: narrow(tensor, type, values) };
  }
  if (type === 'BF16') return { dtype: 'float32', shape, data: widen(new Uint16Array(buffer, byteOffset, length)) };
  if (type === 'BOOL') checkBooleans(tensor, aligned);
  const dtype = native[type]!;
  return { dtype, shape, data: viewBytes(dtype, buffer, byteOffset, length) };
}

function isInteger(type: string): type is IntegerType {
  return Object.hasOwn(integers, type);
}

function narrow(tensor: string, type: IntegerType, values: ArrayLike<number | bigint>): Int32Array {
  const narrowed = new Int32Array(values.length);
  for (let index = 0; index < narrowed.length; index++) {
    const value = Number(values[index]!);
    narrowed[index] = value;
    if (narrowed[index] !== value) {
      throw new FormatError(
        `Tensor "${tensor}" holds ${values[index]}, which does not fit into int32. ${type} is read as int32.`,
      );
    }
  }
  return narrowed;
}

/** A bfloat16 is the upper half of a float32. */
function widen(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

function checkBooleans(tensor: string, bytes: Uint8Array): void {
  const position = bytes.findIndex((byte) => byte > 1);
  if (position >= 0)
    throw new FormatError(
      `Tensor "${tensor}" is BOOL, but byte ${position} is ${bytes[position]}. Booleans are 0 or 1.`,
    );
}
