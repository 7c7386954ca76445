import { type Primitives, sizeOf } from '@delira/core';
import { sumInStages } from '../portable/sumInStages.js';
import { spatialSums, channelSums } from './channelSums.js';
import { fitsLayout } from './Layout.js';
import { asMaps, mapsShape } from './maps.js';
import type { TunedLowering } from './TunedStep.js';

/** Along the channels of blocked values, in whole blocks. */
export const tunedConcat: TunedLowering<Primitives['concat']> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const output = outputs[0]!;
  if (
    attrs.axis !== 1 ||
    !inputs.every((id) => fitsLayout(step.aval(id), 'blocked', block) && step.layoutOf(id) === 'blocked')
  )
    return false;
  const { shape } = step.aval(output);
  const parts = inputs.map((id) => asMaps(graph, values.get(id, 'blocked')));
  const joined = graph.node('Concat', parts, mapsShape(shape), { attributes: { axis: 1 } });
  values.define(output, graph.reshape(joined, shape), 'blocked');
  return true;
};

/** Of batch and channels into one another, which leaves the blocks where they are: an instance norm's way to one channel for each map. */
export const tunedReshape: TunedLowering<Primitives['reshape']> = (step, { inputs, outputs, attrs: { shape } }) => {
  const { graph, block, values } = step;
  const [x] = inputs as [number];
  const output = outputs[0]!;
  const aval = step.aval(x);
  const isKept =
    step.layoutOf(x) === 'blocked' &&
    fitsLayout(aval, 'blocked', block) &&
    fitsLayout(step.aval(output), 'blocked', block) &&
    shape.length === aval.shape.length &&
    sizeOf(shape) === sizeOf(aval.shape) &&
    shape.every((extent, axis) => axis < 2 || extent === aval.shape[axis]);
  if (!isKept) return false;
  values.define(output, graph.reshape(values.get(x, 'blocked'), shape), 'blocked');
  return true;
};

/** Whole blocks of channels of a blocked value. */
export const tunedSlice: TunedLowering<Primitives['slice']> = (step, { inputs, outputs, attrs: { start, size } }) => {
  const { graph, block, values } = step;
  const [x] = inputs as [number];
  const output = outputs[0]!;
  const { shape } = step.aval(x);
  const isBlocked =
    step.layoutOf(x) === 'blocked' &&
    fitsLayout(step.aval(x), 'blocked', block) &&
    fitsLayout(step.aval(output), 'blocked', block);
  const isAlongChannels = shape.every((extent, axis) => axis === 1 || (start[axis] === 0 && size[axis] === extent));
  if (!isBlocked || !isAlongChannels || start[1]! % block !== 0) return false;
  const maps = asMaps(graph, values.get(x, 'blocked'));
  const cut = graph.slice(maps, [start[1]!], [start[1]! + size[1]!], [1]);
  values.define(output, graph.reshape(cut, step.aval(output).shape), 'blocked');
  return true;
};

/** A value per image and channel, or per channel, over whole maps. */
export const tunedBroadcastTo: TunedLowering<Primitives['broadcastTo']> = (step, { inputs, outputs }) => {
  const { graph, block, values } = step;
  const [x] = inputs as [number];
  const output = outputs[0]!;
  const [from, to] = [step.aval(x).shape, step.aval(output).shape];
  if (
    step.layoutOf(output) !== 'blocked' ||
    !fitsLayout(step.aval(output), 'blocked', block) ||
    from.length !== to.length
  )
    return false;
  if (from[1] !== to[1] || from.slice(2).some((extent) => extent !== 1)) return false;
  const [maps, channels, height, width] = mapsShape(to) as [number, number, number, number];
  const batch = to[0]!;
  const split = [maps / batch, batch, channels / block, height * width, block];
  const expanded = graph.node(
    'Expand',
    [graph.reshape(values.get(x, 'plain'), [1, from[0]!, channels / block, 1, block]), graph.int64(split)],
    split,
  );
  values.define(output, graph.reshape(expanded, to), 'blocked');
  return true;
};

/** Sums over space, over batch and space, or over everything, which no layout changes. */
export const tunedReduceSum: TunedLowering<Primitives['reduceSum']> = (step, { inputs, outputs, attrs: { axes } }) => {
  const { graph, block, values } = step;
  const [x] = inputs as [number];
  const output = outputs[0]!;
  const layout = step.layoutOf(x);
  const { shape } = step.aval(x);
  const isOverSpace = shape.every((_, axis) => axis < 2 || axes.includes(axis));
  if (layout !== 'plain' && axes.length === shape.length) {
    const held = graph.reshape(values.held(x, layout), [sizeOf(shape)]);
    values.define(output, sumInStages(graph, held, [0]), 'plain');
    return true;
  }
  if (layout !== 'blocked' || step.aval(x).dtype !== 'float32' || !isOverSpace || axes.includes(1)) return false;
  const sums = axes.includes(0) ? channelSums : spatialSums;
  values.define(output, sums(graph, values.get(x, 'blocked'), block), 'plain');
  return true;
};
