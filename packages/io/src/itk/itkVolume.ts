import { type DType, sizeOf } from '@delira/core';
import { gridOf, type Volume, volume } from '@delira/imaging';
import { FormatError } from '../errors.js';
import { componentsFirst } from '../numbers/componentsFirst.js';
import { decodeNumbers } from '../numbers/decodeNumbers.js';
import { encodeNumbers, naturalType, type StoredType } from '../numbers/encodeNumbers.js';
import { isNumberType } from '../numbers/NumberType.js';
import type { ItkImage } from './protocol.js';

/** A volume of what ITK read. Two dimensions become one slice; further axes and the components of a voxel come before z. */
export function fromItk(image: ItkImage, dtype?: DType): Volume {
  const { imageType, size, data } = image;
  const type = imageType.componentType;
  if (data === null || !isNumberType(type))
    throw new FormatError(`It holds ${type}, which is not supported. Convert it to integers or floats.`);
  const extents = [...size];
  while (extents.length < 3) extents.push(1);
  const { components, dimension } = imageType;
  const shape = [...extents].reverse();
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const interleaved = components === 1 ? shape : [...shape, components];
  const numbers = decodeNumbers(bytes, type, {
    littleEndian: true,
    owned: true,
    shape: interleaved,
    scaling: null,
    ...(dtype === undefined ? {} : { dtype }),
  });
  if (numbers.data.length !== sizeOf(interleaved))
    throw new FormatError(`It should have ${sizeOf(interleaved)} values, ITK read ${numbers.data.length}.`);
  const array = components === 1 ? numbers : componentsFirst(numbers);
  const direction = (row: number, column: number): number =>
    row < dimension && column < dimension ? image.direction[row * dimension + column]! : row === column ? 1 : 0;
  try {
    return volume(array, {
      spacing: [image.spacing[0] ?? 1, image.spacing[1] ?? 1, image.spacing[2] ?? 1],
      origin: [image.origin[0] ?? 0, image.origin[1] ?? 0, image.origin[2] ?? 0],
      direction: [0, 1, 2].flatMap((row) =>
        [0, 1, 2].map((column) => direction(row, column)),
      ) as unknown as Volume['direction'],
      metadata: Object.fromEntries(image.metadata) as Record<string, string>,
    });
  } catch (cause) {
    throw new FormatError('Its geometry makes no sense. It is damaged.', { cause });
  }
}

/** What ITK writes for a volume of three axes. @throws FormatError for more. */
export function toItk(image: Volume, type: StoredType = naturalType(image.array.dtype)): ItkImage {
  const { size, spacing, origin, direction } = gridOf(image);
  if (image.array.data.length !== sizeOf(size))
    throw new FormatError(
      `Only a single volume [z, y, x] can be written in this format, not [${image.array.shape.join(', ')}]. Write NIfTI.`,
    );
  const bytes = encodeNumbers(image.array, type);
  const aligned = new Uint8Array(bytes);
  return {
    imageType: { dimension: 3, componentType: type, pixelType: 'Scalar', components: 1 },
    name: 'image',
    origin,
    spacing,
    direction: Float64Array.from(direction),
    size,
    metadata: new Map(Object.entries(image.metadata)),
    data: new views[type](aligned.buffer),
  };
}

const views = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<StoredType, unknown>;
