import { ArgumentError, DTypeError, ShapeError } from '../errors/index.js';
import { allocate, type DataOf, type DType } from './DType.js';
import { checkShape, formatShape, sameShape, type Shape, sizeOf } from './Shape.js';

/** Dense, row-major, structured-cloneable: crosses worker_threads without a codec. */
export interface NDArray<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: DataOf[D];
}

/** One case, or one collated batch (then every entry has a leading batch axis). */
export type Sample = Readonly<Record<string, NDArray>>;

/**
 * Wraps a typed array, or copies numbers, into an NDArray.
 *
 * @param dtype default `'float32'`.
 * @throws ShapeError when the number of values does not fit the shape.
 */
export function ndarray<D extends DType = 'float32'>(
  values: DataOf[D] | readonly number[],
  shape: Shape,
  dtype?: D,
): NDArray<D> {
  checkShape(shape);
  const type = dtype ?? ('float32' as D);
  const size = sizeOf(shape);
  if (values.length !== size)
    throw new ShapeError(`${values.length} values do not fill the shape ${formatShape(shape)}, which holds ${size}.`);
  if (!Array.isArray(values)) {
    if (values.constructor !== allocate(type, 0).constructor) {
      throw new DTypeError(`A ${values.constructor.name} does not hold ${type}. Convert it, or name its dtype.`);
    }
    return { dtype: type, shape, data: values as DataOf[D] };
  }
  const data = allocate(type, size);
  data.set(values as readonly number[]);
  return { dtype: type, shape, data };
}

export function zeros<D extends DType = 'float32'>(shape: Shape, dtype?: D): NDArray<D> {
  checkShape(shape);
  const type = dtype ?? ('float32' as D);
  return { dtype: type, shape, data: allocate(type, sizeOf(shape)) };
}

export function full<D extends DType = 'float32'>(shape: Shape, value: number, dtype?: D): NDArray<D> {
  const array = zeros(shape, dtype);
  // Memory that is zero already, and never touched, takes no room: optimizers begin with as much of it as there are parameters.
  if (!Object.is(value, 0)) array.data.fill(value);
  return array;
}

export function scalar<D extends DType = 'float32'>(value: number, dtype?: D): NDArray<D> {
  return full([], value, dtype);
}

/** The same values in another dtype; the same object when it already has it. Floats are truncated towards zero, any non-zero value becomes true. */
export function castArray<D extends DType>(array: NDArray, dtype: D): NDArray<D> {
  if (array.dtype === dtype) return array as NDArray<D>;
  if (array.dtype === 'float16' || dtype === 'float16')
    throw new DTypeError(`Cannot cast ${array.dtype} to ${dtype} on the host: float16 is stored as raw bits.`);
  const data = allocate(dtype, array.data.length);
  if (dtype === 'bool') for (let i = 0; i < data.length; i++) data[i] = array.data[i] === 0 ? 0 : 1;
  else data.set(array.data);
  return { dtype, shape: array.shape, data };
}

/** Joins arrays of one shape and dtype along a new leading axis. @throws ShapeError, DTypeError naming the first that differs. */
export function stackArrays(arrays: readonly NDArray[]): NDArray {
  const first = arrays[0];
  if (first === undefined) throw new ArgumentError('Cannot stack zero arrays. Give at least one.');
  const size = first.data.length;
  const data = allocate(first.dtype, size * arrays.length);
  arrays.forEach((array, index) => {
    if (!sameShape(array.shape, first.shape)) {
      throw new ShapeError(
        `Cannot stack: array 0 has shape ${formatShape(first.shape)}, array ${index} has ${formatShape(array.shape)}. Crop, pad or resize them to one shape.`,
      );
    }
    if (array.dtype !== first.dtype)
      throw new DTypeError(
        `Cannot stack: array 0 is ${first.dtype}, array ${index} is ${array.dtype}. Cast them to one dtype.`,
      );
    data.set(array.data, index * size);
  });
  return { dtype: first.dtype, shape: [arrays.length, ...first.shape], data };
}

/** Rows `start…end-1` of the leading axis, as a view of the same memory. */
export function sliceRows(array: NDArray, start: number, end: number): NDArray {
  const rows = array.shape[0];
  if (rows === undefined) throw new ShapeError('Cannot take rows of a scalar.');
  const rest = array.shape.slice(1);
  const width = sizeOf(rest);
  const data = array.data.subarray(start * width, end * width) as DataOf[DType];
  return { dtype: array.dtype, shape: [Math.max(0, Math.min(end, rows) - start), ...rest], data };
}
