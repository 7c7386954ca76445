export type { ConvAttrs, NoAttrs, Padding, PoolAttrs, PrimitiveName, Primitives } from './Primitives.js';
export { printProgram } from './printProgram.js';
export type { Aval, Node, Noise, Program, ValueId } from './Program.js';
