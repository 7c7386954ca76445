import { type PoolAttrs, type Shape, sizeOf } from '@delira/core';
import { convGeometry } from './convGeometry.js';
import type { Lower } from './Lower.js';

/**
 * Where each window's maximum lies in x [N, C, ...spatial], for y's elements in order: the first of equal ones in row-major order, the
 * last NaN if there is one, as PyTorch decides.
 */
function maximumPositions(x: Float64Array, shape: Shape, pooled: Shape, attrs: PoolAttrs): Int32Array {
  const { input, output, kernel, strides, low, inputSize, positions } = convGeometry(
    shape,
    [shape[1]!, shape[1]!, ...attrs.window],
    pooled,
    { ...attrs, dilation: attrs.strides.map(() => 1), groups: 1 },
  );
  const [depth, height, width] = input;
  const channels = shape[0]! * shape[1]!;
  const found = new Int32Array(channels * positions);
  let next = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let od = 0; od < output[0]; od++) {
      for (let oh = 0; oh < output[1]; oh++) {
        for (let ow = 0; ow < output[2]; ow++) {
          const [d0, h0, w0] = [od * strides[0] - low[0], oh * strides[1] - low[1], ow * strides[2] - low[2]];
          let best = -1;
          for (let d = Math.max(0, d0); d < Math.min(depth, d0 + kernel[0]); d++) {
            for (let h = Math.max(0, h0); h < Math.min(height, h0 + kernel[1]); h++) {
              const line = channel * inputSize + (d * height + h) * width;
              for (let w = Math.max(0, w0); w < Math.min(width, w0 + kernel[2]); w++) {
                const value = x[line + w]!;
                if (best < 0 || value > x[best]! || Number.isNaN(value)) best = line + w;
              }
            }
          }
          found[next++] = best;
        }
      }
    }
  }
  return found;
}

export const maxPool: Lower<'maxPool'> = ([x], attrs, [out]) => {
  const from = x!.data as Float64Array;
  const found = maximumPositions(from, x!.shape, out!.shape, attrs);
  return [{ shape: out!.shape, data: Float64Array.from(found, (position) => from[position]!) }];
};

export const maxPoolGrad: Lower<'maxPoolGrad'> = ([x, y, grad], attrs, [out]) => {
  const found = maximumPositions(x!.data as Float64Array, x!.shape, y!.shape, attrs);
  const data = new Float64Array(sizeOf(out!.shape));
  const gradients = grad!.data;
  for (let i = 0; i < found.length; i++) data[found[i]!]! += gradients[i]!;
  return [{ shape: out!.shape, data }];
};
