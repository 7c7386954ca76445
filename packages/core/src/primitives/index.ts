export type { Primitive, PrimitiveSample, PrimitiveTable, VjpArgs } from './Primitive.js';
export { primitives } from './primitives.js';
export { convolvedShape, slidingExtent } from './windows.js';
