import type { DType, Shape } from '@delira/core';

/** Element types of the ONNX standard, by our dtype; int64 appears only as shapes and indices inside a graph. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const satisfies Readonly<Record<DType | 'int64', number>>;

export type ElementType = keyof typeof elementTypes;

/** A dimension is an extent, or the name of one that is known at run time. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  /** True for a sequence of such tensors. */
  readonly sequence?: boolean;
}

export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** An integer is a plain number, a float is wrapped: JavaScript cannot tell 1 from 1.0. */
export type Attribute =
  | number
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | string
  | readonly number[]
  | { readonly graph: OnnxGraph };

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  /** An empty name leaves out an optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** What is known of values that nodes give, beyond what follows from the nodes. */
  readonly values?: readonly ValueInfo[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Version of the standard operators. */
  readonly opset: number;
  /** Versions of further operator domains. */
  readonly domains: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}
