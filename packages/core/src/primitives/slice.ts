import { ShapeError } from '../errors/index.js';
import { formatShape } from '../ndarray/index.js';
import type { Primitives } from '../ir/index.js';
import { bind } from '../tensor/index.js';
import { arity } from './elementwise.js';
import { aval, type Primitive } from './Primitive.js';

/** The box of extent `size` that begins at `start`; dx = dy padded with zeros */
export const slice: Primitive<Primitives['slice']> = {
  infer(inputs, { start, size }) {
    arity('slice', inputs, 1);
    const { shape, dtype } = inputs[0]!;
    if (
      start.length !== shape.length ||
      size.length !== shape.length ||
      shape.some((extent, axis) => start[axis]! < 0 || size[axis]! < 0 || start[axis]! + size[axis]! > extent)
    ) {
      throw new ShapeError(
        `slice: the box from ${formatShape(start)} of extent ${formatShape(size)} does not lie inside ${formatShape(shape)}.`,
      );
    }
    return [{ shape: size, dtype }];
  },
  vjp({ inputs: [x], grads: [grad], attrs: { start, size } }) {
    const padding = x!.shape.map((extent, axis) => [start[axis]!, extent - start[axis]! - size[axis]!] as const);
    return [bind('pad', [grad!], { padding })];
  },
  samples: [
    { id: 'matrix', inputs: [aval([4, 5])], attrs: { start: [1, 2], size: [2, 3] } },
    { id: 'channels', inputs: [aval([2, 6, 4])], attrs: { start: [0, 3, 0], size: [2, 3, 4] } },
    { id: 'volume', inputs: [aval([2, 4, 3, 4, 5])], attrs: { start: [0, 1, 1, 0, 2], size: [2, 2, 2, 4, 3] } },
    { id: 'flags', inputs: [aval([2, 6, 4], 'bool')], attrs: { start: [0, 3, 0], size: [2, 3, 4] } },
  ],
};
