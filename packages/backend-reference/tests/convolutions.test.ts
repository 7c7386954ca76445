import { bind, conv, createRng, type ConvAttrs, ndarray, type NDArray, primitives, sizeOf } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { valuesOf } from './runOnce.js';

function random(shape: readonly number[], seed: number): NDArray<'float64'> {
  const data = new Float64Array(sizeOf(shape));
  createRng(seed).fillNormal(data);
  return ndarray(data, shape, 'float64');
}

/** The definition, one product at a time: y[n, o, p] = Σ x[n, c, p · stride + k · dilation − low] · kernel[o, c, k]. */
function naive(
  x: NDArray,
  kernel: NDArray,
  { strides, padding, dilation, groups }: ConvAttrs,
  spatial: number[],
): number[] {
  const rank = spatial.length;
  const [channels, outputs] = [kernel.shape[1]!, kernel.shape[0]!];
  const input = x.shape.slice(2);
  const window = kernel.shape.slice(2);
  const unravel = (index: number, shape: readonly number[]): number[] => {
    const result = new Array<number>(rank).fill(0);
    for (let axis = rank - 1; axis >= 0; axis--) {
      result[axis] = index % shape[axis]!;
      index = Math.floor(index / shape[axis]!);
    }
    return result;
  };
  const y: number[] = [];
  for (let n = 0; n < x.shape[0]!; n++) {
    for (let o = 0; o < outputs; o++) {
      const group = Math.floor(o / (outputs / groups));
      for (let p = 0; p < sizeOf(spatial); p++) {
        const out = unravel(p, spatial);
        let sum = 0;
        for (let c = 0; c < channels; c++) {
          for (let k = 0; k < sizeOf(window); k++) {
            const at = unravel(k, window).map(
              (index, axis) => out[axis]! * strides[axis]! + index * dilation[axis]! - padding[axis]![0],
            );
            if (at.some((index, axis) => index < 0 || index >= input[axis]!)) continue;
            const position = at.reduce((offset, index, axis) => offset * input[axis]! + index, 0);
            sum +=
              x.data[(n * x.shape[1]! + group * channels + c) * sizeOf(input) + position]! *
              kernel.data[(o * channels + c) * sizeOf(window) + k]!;
          }
        }
        y.push(sum);
      }
    }
  }
  return y;
}

const dot = (a: readonly number[], b: ArrayLike<number>): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('convolutions', () => {
  it.each(primitives.conv.samples)('conv $id is its definition', async ({ inputs, attrs }) => {
    const [x, kernel] = [random(inputs[0]!.shape, 1), random(inputs[1]!.shape, 2)];
    const out = primitives.conv.infer(inputs, attrs)[0]!.shape;
    const expected = naive(x, kernel, attrs, out.slice(2));
    const actual = await valuesOf([x, kernel], (a, b) => bind('conv', [a!, b!], attrs));
    expect(actual).toHaveLength(expected.length);
    expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 10));
  });

  it.each(primitives.conv.samples)(
    'convTranspose and convKernelGrad are its transposes: $id',
    async ({ inputs, attrs }) => {
      const [x, kernel] = [random(inputs[0]!.shape, 3), random(inputs[1]!.shape, 4)];
      const y = random(primitives.conv.infer(inputs, attrs)[0]!.shape, 5);
      const forward = dot(await valuesOf([x, kernel], (a, b) => bind('conv', [a!, b!], attrs)), y.data);
      const inInput = await valuesOf([y, kernel], (a, b) =>
        bind('convTranspose', [a!, b!], { ...attrs, spatial: x.shape.slice(2) }),
      );
      const inKernel = await valuesOf([x, y], (a, b) =>
        bind('convKernelGrad', [a!, b!], { ...attrs, kernel: kernel.shape.slice(2) }),
      );
      expect(dot(inInput, x.data)).toBeCloseTo(forward, 9);
      expect(dot(inKernel, kernel.data)).toBeCloseTo(forward, 9);
    },
  );

  it('takes products whose depth exceeds one block', async () => {
    const x = random([3, 130, 3, 3], 6);
    const kernel = random([5, 130, 3, 3], 7);
    const attrs = {
      strides: [1, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1],
      groups: 1,
    } as const;
    const actual = await valuesOf([x, kernel], (a, b) => conv(a!, b!, { padding: 1 }));
    naive(x, kernel, attrs, [3, 3]).forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 9));
  });
});
