import { type Shape, sizeOf, stridesOf } from '@delira/core';
import { emptyData, type Numbers } from '../Value.js';
import { walkRows } from '../walkRows.js';
import { expand } from './expand.js';
import type { Lower } from './Lower.js';

interface Side {
  readonly data: Numbers;
  readonly strides: Shape;
  readonly offset?: number;
}

function copy(shape: Shape, from: Side, to: Side): void {
  const [source, target] = [from.data, to.data];
  walkRows(
    shape,
    from.strides,
    to.strides,
    (sourceStart, targetStart, count, sourceStep, targetStep) => {
      for (let i = 0; i < count; i++) target[targetStart + i * targetStep] = source[sourceStart + i * sourceStep]!;
    },
    { from: from.offset ?? 0, to: to.offset ?? 0 },
  );
}

const offsetOf = (start: Shape, strides: Shape): number =>
  start.reduce((sum, index, axis) => sum + index * strides[axis]!, 0);

export const reshape: Lower<'reshape'> = ([x], { shape }) => [{ shape, data: x!.data }];

export const transpose: Lower<'transpose'> = ([x], { perm }, [out]) => {
  const { shape } = out!;
  const data = emptyData(out!, x!.data.length);
  const strides = stridesOf(x!.shape);
  copy(shape, { data: x!.data, strides: perm.map((axis) => strides[axis]!) }, { data, strides: stridesOf(shape) });
  return [{ shape, data }];
};

export const broadcastTo: Lower<'broadcastTo'> = ([x], { shape }) => [{ shape, data: expand(x!, shape) }];

export const concat: Lower<'concat'> = (inputs, { axis }, [out]) => {
  const { shape } = out!;
  const data = emptyData(out!, sizeOf(shape));
  const strides = stridesOf(shape);
  let position = 0;
  for (const input of inputs) {
    const offset = position * strides[axis]!;
    copy(input.shape, { data: input.data, strides: stridesOf(input.shape) }, { data, strides, offset });
    position += input.shape[axis]!;
  }
  return [{ shape, data }];
};

export const slice: Lower<'slice'> = ([x], { start, size }, [out]) => {
  const data = emptyData(out!, sizeOf(size));
  const strides = stridesOf(x!.shape);
  const offset = offsetOf(start, strides);
  copy(size, { data: x!.data, strides, offset }, { data, strides: stridesOf(size) });
  return [{ shape: size, data }];
};

export const pad: Lower<'pad'> = ([x], { padding }, [out]) => {
  const { shape } = out!;
  const data = emptyData(out!, sizeOf(shape));
  const strides = stridesOf(shape);
  const offset = offsetOf(
    padding.map(([low]) => low),
    strides,
  );
  copy(x!.shape, { data: x!.data, strides: stridesOf(x!.shape) }, { data, strides, offset });
  return [{ shape, data }];
};

export const oneHot: Lower<'oneHot'> = ([x], { depth }, [out]) => {
  const indices = x!.data;
  const data = emptyData(out!, indices.length * depth);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= 0 && index < depth) data[i * depth + index] = 1;
  }
  return [{ shape: out!.shape, data }];
};
