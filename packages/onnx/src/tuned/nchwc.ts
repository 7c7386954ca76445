import type { Padding, Shape } from '@delira/core';
import type { Attribute } from '../model/OnnxModel.js';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { asMaps } from './maps.js';

/** The engine's own operators on blocked activations. Internal to it: never to be written to a file or run by another version. */
export const NCHWC = 'com.microsoft.nchwc';

/** What a convolution does to its result before storing it. */
export interface Epilogue {
  /** [O], added to each channel. */
  readonly bias?: OnnxValue;
  /** Of the output's shape, added. */
  readonly sum?: OnnxValue;
  /** Applied last: ReLU, or leaky ReLU with this slope. */
  readonly activation?: 'relu' | { readonly slope: number };
}

export interface BlockedConvOptions extends Epilogue {
  readonly kernel: Shape;
  /** Default 1. */
  readonly strides?: Shape;
  /** Default 1. */
  readonly dilation?: Shape;
  /** Default 0. */
  readonly padding?: Padding;
  /** Default 1. */
  readonly groups?: number;
}

export function pads(padding: Padding): readonly number[] {
  return [...padding.map(([low]) => low), ...padding.map(([, high]) => high)];
}

/**
 * Convolution of a blocked x (or a plain one, with fewer channels than a block) with a filter in kernel layout. `shape` is the nominal
 * shape of the result.
 */
export function blockedConv(
  graph: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  shape: Shape,
  options: BlockedConvOptions,
): OnnxValue {
  const {
    kernel,
    strides = [1, 1],
    dilation = [1, 1],
    padding = [
      [0, 0],
      [0, 0],
    ],
    groups = 1,
    bias,
    sum,
    activation,
  } = options;
  const attributes: Record<string, Attribute> = {
    kernel_shape: kernel,
    strides,
    dilations: dilation,
    pads: pads(padding),
    group: groups,
  };
  if (activation === 'relu') attributes['activation'] = 'Relu';
  else if (activation !== undefined) {
    attributes['activation'] = 'LeakyRelu';
    attributes['activation_params'] = { floats: [activation.slope] };
  }
  const inputs: (OnnxValue | string)[] = [x, filter];
  if (bias !== undefined || sum !== undefined) inputs.push(bias ?? '');
  if (sum !== undefined) inputs.push(sum);
  return graph.node('Conv', inputs, shape, { domain: NCHWC, attributes });
}

/** x · scale + bias per channel of a blocked x, both [C], as a depthwise 1×1 convolution: one pass, epilogue included. */
export function scaleChannels(graph: GraphBuilder, x: OnnxValue, scale: OnnxValue, epilogue: Epilogue = {}): OnnxValue {
  const channels = x.shape[1]!;
  const maps = asMaps(graph, x);
  const { sum, ...rest } = epilogue;
  const scaled = blockedConv(graph, maps, graph.reshape(scale, [channels, 1, 1, 1]), maps.shape, {
    kernel: [1, 1],
    groups: channels,
    ...rest,
    ...(sum === undefined ? {} : { sum: asMaps(graph, sum) }),
  });
  return graph.reshape(scaled, x.shape);
}
