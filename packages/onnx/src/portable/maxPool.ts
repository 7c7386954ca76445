import type { PoolAttrs } from '@delira/core';
import type { Attribute } from '../model/OnnxModel.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';

function poolAttributes({ window, strides, padding }: PoolAttrs): Record<string, Attribute> {
  return { kernel_shape: window, strides, pads: [...padding.map(([low]) => low), ...padding.map(([, high]) => high)] };
}

export const lowerMaxPool: OnnxLowering<PoolAttrs> = (graph, [x], attrs, out) => [
  graph.node('MaxPool', [x!], out[0]!.shape, { attributes: poolAttributes(attrs) }),
];
