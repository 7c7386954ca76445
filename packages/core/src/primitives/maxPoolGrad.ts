import { ShapeError } from '../errors/index.js';
import { formatShape, sameShape } from '../ndarray/index.js';
import type { PoolAttrs } from '../ir/index.js';
import { arity, requireFloat } from './elementwise.js';
import { pooledShape, poolSamples } from './maxPool.js';
import { aval, type Primitive } from './Primitive.js';

/**
 * Gradient of maxPool: (x, y = maxPool(x), dy) give dx, where each window's dy goes to the first maximum in row-major order. Not
 * differentiable again. y must be what maxPool gave for x.
 */
export const maxPoolGrad: Primitive<PoolAttrs> = {
  infer(inputs, attrs) {
    arity('maxPoolGrad', inputs, 3);
    const [x, y, grad] = [inputs[0]!, inputs[1]!, inputs[2]!];
    requireFloat('maxPoolGrad', x);
    const expected = pooledShape('maxPoolGrad', x.shape, attrs);
    if (!sameShape(expected, y.shape) || !sameShape(expected, grad.shape)) {
      throw new ShapeError(
        `maxPoolGrad of ${formatShape(x.shape)} expects y and its gradient of shape ${formatShape(expected)}, got ${formatShape(y.shape)} and ${formatShape(grad.shape)}.`,
      );
    }
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  vjp: null,
  samples: poolSamples.map(({ id, x, attrs }) => {
    const pooled = pooledShape('maxPoolGrad', x, attrs);
    return { id, inputs: [aval(x), aval(pooled), aval(pooled)], attrs };
  }),
};
