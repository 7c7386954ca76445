import { sameShape, sizeOf } from '@delira/core';
import { axesOf, Value } from '../Value.js';
import { commonLayout } from './align.js';
import { heldAs } from './heldAs.js';
import type { Lower } from './Lower.js';

/** Samples and channels stay what they are: only spatial axes are joined or split. */
export const reshape: Lower<'reshape'> = ([x], { shape }) => {
  const { kernels } = x!;
  const keepsChannels =
    x!.layout === 'channelsLast' && shape.length >= 3 && sameShape(shape.slice(0, 2), x!.shape.slice(0, 2));
  if (!keepsChannels) return [new Value(kernels, shape, kernels.reshape(x!.as('plain'), shape))];
  const moved = axesOf('channelsLast', shape.length).map((axis) => shape[axis]!);
  return [new Value(kernels, shape, kernels.reshape(x!.as('channelsLast'), moved), 'channelsLast')];
};

/** A transpose that undoes the layout costs nothing. */
export const transpose: Lower<'transpose'> = ([x], { perm }, [out]) => {
  const { kernels, layout } = x!;
  const axes = axesOf(layout, perm.length);
  const moved = kernels.transpose(
    x!.as(layout),
    perm.map((axis) => axes.indexOf(axis)),
  );
  return [new Value(kernels, out!.shape, moved)];
};

export const broadcastTo: Lower<'broadcastTo'> = ([x], { shape }) => {
  const { kernels } = x!;
  const { source } = x!;
  const missing = shape.length - source.shape.length;
  const axes = [...new Array<number>(missing).fill(1), ...source.shape];
  const own = missing === 0 ? source.clone() : new Value(kernels, axes, kernels.reshape(source.as('plain'), axes));
  return [Value.repeating(own, shape)];
};

export const concat: Lower<'concat'> = (inputs, { axis }, [out]) => {
  const { kernels } = inputs[0]!;
  const rank = out!.shape.length;
  const layout = commonLayout(inputs, rank);
  const parts = inputs.filter(({ shape }) => sizeOf(shape) > 0).map((input) => input.as(layout));
  const joined = kernels.concat(
    parts.length === 0 ? [inputs[0]!.as(layout)] : parts,
    axesOf(layout, rank).indexOf(axis),
  );
  return [new Value(kernels, out!.shape, joined, layout)];
};

export const slice: Lower<'slice'> = ([x], { start, size }) => {
  const { kernels, layout } = x!;
  const axes = axesOf(layout, size.length);
  const cut = kernels.slice(
    x!.as(layout),
    axes.map((axis) => start[axis]!),
    axes.map((axis) => size[axis]!),
  );
  return [new Value(kernels, size, cut, layout)];
};

export const pad: Lower<'pad'> = ([x], { padding }, [out]) => {
  const { kernels, layout } = x!;
  const axes = axesOf(layout, padding.length);
  const padded = kernels.pad(
    x!.as(layout),
    axes.map((axis) => padding[axis]!),
  );
  return [new Value(kernels, out!.shape, padded, layout)];
};

export const oneHot: Lower<'oneHot'> = ([x], { depth, dtype }, [out]) => {
  const { kernels } = x!;
  const held = heldAs(dtype);
  const hot = kernels.run('OneHot', { indices: x!.as('plain') }, { depth, onValue: 1, offValue: 0, dtype: 'int32' });
  return [new Value(kernels, out!.shape, kernels.cast(hot, held))];
};
