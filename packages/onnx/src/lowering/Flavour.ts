import type { Program } from '@delira/core';
import type { LoweredProgram } from './LoweredProgram.js';

/** One way of turning Programs into ONNX operators. */
export interface Flavour {
  readonly name: string;
  /** @throws UnsupportedError naming primitive, attributes and scope. */
  lower(program: Program): LoweredProgram;
}
