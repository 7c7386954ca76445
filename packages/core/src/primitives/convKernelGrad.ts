import { DTypeError, ShapeError } from '../errors/index.js';
import { formatShape, sameShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';
import { convolutionSamples } from './convolutionSamples.js';
import { convolvedShape } from './windows.js';

/**
 * Transpose of `conv` in its kernel: x [N, C, ...spatial] and y [N, O, ...] give [O, C / groups, ...kernel].
 * dx = convTranspose(y, dkernel), dy = conv(x, dkernel)
 */
export const convKernelGrad: Primitive<Primitives['convKernelGrad']> = {
  infer(inputs, attrs) {
    arity('convKernelGrad', inputs, 2);
    const [x, y] = [inputs[0]!, inputs[1]!];
    requireFloat('convKernelGrad', x);
    if (x.dtype !== y.dtype)
      throw new DTypeError(
        `convKernelGrad takes operands of one dtype, got ${x.dtype} and ${y.dtype}. Cast one of them.`,
      );
    const shape = [y.shape[1]!, x.shape[1]! / attrs.groups, ...attrs.kernel];
    const expected = convolvedShape('convKernelGrad', x.shape, shape, attrs);
    if (!sameShape(expected, y.shape)) {
      throw new ShapeError(
        `convKernelGrad of ${formatShape(x.shape)} for a kernel ${formatShape(shape)} expects outputs of shape ${formatShape(expected)}, got ${formatShape(y.shape)}.`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  vjp({ inputs: [x, y], grads: [grad], needs, attrs: { kernel: _kernel, ...attrs } }) {
    return [
      needs[0] === true ? bind('convTranspose', [y!, grad!], { ...attrs, spatial: x!.shape.slice(2) }) : null,
      needs[1] === true ? bind('conv', [x!, grad!], attrs) : null,
    ];
  },
  samples: convolutionSamples.map(({ id, x, kernel, attrs }) => ({
    id,
    inputs: [aval(x), aval(convolvedShape('convKernelGrad', x, kernel, attrs))],
    attrs: { ...attrs, kernel: kernel.slice(2) },
  })),
};
