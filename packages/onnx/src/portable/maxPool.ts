import { type PoolAttrs, sizeOf } from '@delira/core';
import type { Attribute } from '../model/OnnxModel.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';

function poolAttributes({ window, strides, padding }: PoolAttrs): Record<string, Attribute> {
  return { kernel_shape: window, strides, pads: [...padding.map(([low]) => low), ...padding.map(([, high]) => high)] };
}

export const lowerMaxPool: OnnxLowering<PoolAttrs> = (graph, [x], attrs, out) => [
  graph.node('MaxPool', [x!], out[0]!.shape, { attributes: poolAttributes(attrs) }),
];

/** MaxPool's second output is the index of each window's first maximum: the gradient is added there. */
export const lowerMaxPoolGrad: OnnxLowering<PoolAttrs> = (graph, [x, y, grad], attrs) => {
  const size = sizeOf(x!.shape);
  const [, indices] = graph.nodes('MaxPool', [x!], [y!, { shape: y!.shape, dtype: 'float64' }], {
    attributes: poolAttributes(attrs),
  });
  const flatIndices = graph.reshape(indices!, [sizeOf(y!.shape)]);
  const flatGrad = graph.reshape(grad!, [sizeOf(y!.shape)]);
  const zeros = graph.node(
    'Expand',
    [graph.scalar(0, x!.dtype === 'float64' ? 'float64' : 'float32'), graph.int64([size])],
    [size],
  );
  const scattered = graph.node('ScatterElements', [zeros, flatIndices, flatGrad], [size], {
    attributes: { axis: 0, reduction: 'add' },
  });
  return [graph.reshape(scattered, x!.shape)];
};
