import { full, ndarray, type Tensor } from '@delira/core';
import { checkGradients } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../src/index.js';

const backend = createReferenceBackend();
const x = ndarray([0.3, -1.2, 2], [3], 'float64');

describe('checkGradients', () => {
  it('accepts right gradients of both orders', async () => {
    await checkGradients({ backend, inputs: [x], order: 2, fn: (t) => t!.mul(t!).exp() });
  });

  it('refuses a wrong gradient', async () => {
    // The second factor counts as a constant: half of the derivative is missing.
    const fn = (t?: Tensor): Tensor => t!.mul(t!.stopGradient());
    await expect(checkGradients({ backend, inputs: [x], fn })).rejects.toThrow('directional derivative of order 1');
  });

  it('refuses a gradient that is right but has a wrong gradient itself', async () => {
    // x³ with a gradient of 3x², whose own gradient is stopped.
    const fn = (t?: Tensor): Tensor => {
      const square = t!.mul(t!).stopGradient();
      return t!.mul(square).mul(3).sub(t!.stopGradient().mul(square).mul(2));
    };
    await checkGradients({ backend, inputs: [x], fn });
    await expect(checkGradients({ backend, inputs: [x], order: 2, fn })).rejects.toThrow('derivative of order 2');
  });

  it('takes several results and leaves integers alone', async () => {
    const inputs = [x, full([3], 2, 'int32')];
    await checkGradients({ backend, inputs, fn: (t, n) => [t!.mul(n!.cast('float64')), t!.exp(), n!] });
  });

  it('needs float64', async () => {
    const inputs = [ndarray([1], [1])];
    await expect(checkGradients({ backend, inputs, fn: (t) => t! })).rejects.toThrow('Input 0 is float32');
  });
});
