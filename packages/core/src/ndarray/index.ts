export {
  allocate,
  asDType,
  bytesPerElement,
  type DataOf,
  type DType,
  dtypes,
  isDType,
  isFloating,
  viewBytes,
} from './DType.js';
export {
  castArray,
  full,
  type NDArray,
  ndarray,
  type Sample,
  scalar,
  sliceRows,
  stackArrays,
  zeros,
} from './NDArray.js';
export { createRng, permutation, type Rng } from './Rng.js';
export {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  sameShape,
  type Shape,
  sizeOf,
  stridesOf,
} from './Shape.js';
export { threefry2x32, threefry2x32With13Rounds } from './threefry.js';
