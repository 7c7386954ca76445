import { DTypeError } from '../errors/index.js';
import type { ConvAttrs } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity, requireFloat } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';
import { convolutionSamples } from './convolutionSamples.js';
import { convolvedShape } from './windows.js';

/**
 * Cross-correlation of x [N, C, ...spatial] with kernel [O, C / groups, ...window], as deep-learning libraries define convolution.
 * dx = convTranspose(dy, kernel), dkernel = convKernelGrad(x, dy)
 */
export const conv: Primitive<ConvAttrs> = {
  infer(inputs, attrs) {
    arity('conv', inputs, 2);
    const [x, kernel] = [inputs[0]!, inputs[1]!];
    requireFloat('conv', x);
    if (x.dtype !== kernel.dtype)
      throw new DTypeError(`conv takes operands of one dtype, got ${x.dtype} and ${kernel.dtype}. Cast one of them.`);
    return [{ shape: convolvedShape('conv', x.shape, kernel.shape, attrs), dtype: x.dtype }];
  },
  vjp: ({ inputs: [x, kernel], grads: [grad], needs, attrs }) => [
    needs[0] === true ? bind('convTranspose', [grad!, kernel!], { ...attrs, spatial: x!.shape.slice(2) }) : null,
    needs[1] === true ? bind('convKernelGrad', [x!, grad!], { ...attrs, kernel: kernel!.shape.slice(2) }) : null,
  ],
  samples: convolutionSamples.map(({ id, x, kernel, attrs }) => ({ id, inputs: [aval(x), aval(kernel)], attrs })),
};
