export { anything, list, nullable, object, type ObjectOf, optional, record } from './composites.js';
export type { FieldOptions } from './field.js';
export { boolean, integer, number, type NumberOptions, string, type StringOptions } from './scalars.js';
