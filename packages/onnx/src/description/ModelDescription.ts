import type { DType, Json, Shape } from '@delira/core';
import type { PreprocessingStep } from './preprocess.js';

/** One sample of an input or an output: without the batch axis. */
export interface TensorDescription {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What stands beside an exported `.onnx` file, as JSON: all that a program needs to use it. */
export interface ModelDescription {
  readonly format: 'delira-onnx';
  readonly version: 1;
  /** What the network is called, such as `UNet2d`. */
  readonly network: string;
  /** What the network was built from. */
  readonly config: Json;
  readonly inputs: Readonly<Record<string, TensorDescription>>;
  readonly outputs: Readonly<Record<string, TensorDescription>>;
  /** What the classes are called, in the order of their numbers. */
  readonly classes?: readonly string[];
  /** Millimetres between voxels along each spatial axis of the images it was trained on. */
  readonly spacing?: readonly number[];
  /** What is done to an image, in order, before the network sees it. */
  readonly preprocessing: readonly PreprocessingStep[];
  readonly versions: { readonly opset: number };
  /** The file it describes. */
  readonly model: { readonly bytes: number; readonly crc32: string };
}
