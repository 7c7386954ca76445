import { InputError, ndarray, type NDArray } from '@delira/core';
import { decompress, isCompressed, isNIFTI, readHeader, readImage } from 'nifti-reader-js';
import type { SiteConfig } from './SiteConfig.js';

type Read = (view: DataView, index: number, littleEndian: boolean) => number;

const readers: Readonly<Record<number, Read>> = {
  2: (view, index) => view.getUint8(index),
  4: (view, index, littleEndian) => view.getInt16(2 * index, littleEndian),
  8: (view, index, littleEndian) => view.getInt32(4 * index, littleEndian),
  16: (view, index, littleEndian) => view.getFloat32(4 * index, littleEndian),
};

/**
 * One slice across x of a NIfTI file: `[1, z, y]`.
 *
 * @throws InputError for another kind of file, or a slice beyond its edge.
 */
export function sliceOfNifti(
  file: ArrayBuffer,
  { x, z: [first, end] }: Pick<SiteConfig, 'x' | 'z'>,
): NDArray<'float32'> {
  const bytes = isCompressed(file) ? (decompress(file) as ArrayBuffer) : file;
  if (!isNIFTI(bytes)) throw new InputError('The image is no NIfTI file.');
  const header = readHeader(bytes);
  const { datatypeCode, littleEndian, dims, scl_slope: slope, scl_inter: intercept } = header;
  const read = readers[datatypeCode];
  if (read === undefined)
    throw new InputError(
      `The image holds numbers of type ${datatypeCode}; this page reads 2, 4, 8 and 16: integers and single precision.`,
    );
  const [, width, height, depth] = dims as [number, number, number, number];
  if (x >= width || end > depth)
    throw new InputError(`The slice lies beyond the image of ${width} × ${height} × ${depth}.`);
  const view = new DataView(readImage(header, bytes));
  const slice = new Float32Array((end - first) * height);
  for (let index = 0; index < slice.length; index++) {
    const value = read(view, (first * height + index) * width + x, littleEndian);
    slice[index] = slope === 0 ? value : value * slope + intercept;
  }
  return ndarray(slice, [1, end - first, height]);
}
