import { DTypeError, ShapeError } from '../errors/index.js';
import { formatShape, sameShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';
import { convolutionSamples } from './convolutionSamples.js';
import { convolvedShape } from './windows.js';

/**
 * Transpose of `conv` in its input: y [N, O, ...] and kernel [O, C / groups, ...window] give x [N, C, ...spatial], where
 * conv(x, kernel) has the shape of y. dy = conv(dx, kernel), dkernel = convKernelGrad(dx, y)
 */
export const convTranspose: Primitive<Primitives['convTranspose']> = {
  infer(inputs, attrs) {
    arity('convTranspose', inputs, 2);
    const [y, kernel] = [inputs[0]!, inputs[1]!];
    requireFloat('convTranspose', y);
    if (y.dtype !== kernel.dtype)
      throw new DTypeError(
        `convTranspose takes operands of one dtype, got ${y.dtype} and ${kernel.dtype}. Cast one of them.`,
      );
    const shape = [y.shape[0]!, kernel.shape[1]! * attrs.groups, ...attrs.spatial];
    const expected = convolvedShape('convTranspose', shape, kernel.shape, attrs);
    if (!sameShape(expected, y.shape)) {
      throw new ShapeError(
        `convTranspose to ${formatShape(shape)} with kernel ${formatShape(kernel.shape)} expects an input of shape ${formatShape(expected)}, got ${formatShape(y.shape)}.`,
      );
    }
    return [{ shape, dtype: y.dtype }];
  },
  vjp({ inputs: [y, kernel], grads: [grad], needs, attrs: { spatial: _spatial, ...attrs } }) {
    return [
      needs[0] === true ? bind('conv', [grad!, kernel!], attrs) : null,
      needs[1] === true ? bind('convKernelGrad', [grad!, y!], { ...attrs, kernel: kernel!.shape.slice(2) }) : null,
    ];
  },
  samples: convolutionSamples.map(({ id, x, kernel, attrs }) => ({
    id,
    inputs: [aval(convolvedShape('convTranspose', x, kernel, attrs)), aval(kernel)],
    attrs: { ...attrs, spatial: x.slice(2) },
  })),
};
