import type { ConvAttrs } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { gatherRows } from './gatherRows.js';
import type { TunedStep } from './TunedStep.js';
import type { VolumeOperands } from './volumeConv.js';

/** Fewest channels on both sides: with fewer, transforming slices takes the time that products save. */
const FEWEST_CHANNELS = 32;
/** Fewest voxels: with fewer, transforming the kernel does. */
const FEWEST_VOXELS = 1024;
/** Narrower maps lie side by side in the engine's convolution, which has no place for a sum there. */
const NARROWEST = 5;

/**
 * Whether pairs of slices take four products of maps instead of six: Winograd's F(2, 3) along the depth (Lavin & Gray, 2016). With a the
 * slice before a pair b, c and d the one after it, and taps w0, w1, w2:
 *
 *     y0 = (a − c) · w0 + p + q    p = (b + c) · (w0 + w1 + w2) / 2
 *     y1 = p − q − (b − d) · w2    q = (c − b) · (w0 − w1 + w2) / 2
 */
export function suitsWinograd(
  step: TunedStep,
  { x, kernel, y }: VolumeOperands,
  { strides, dilation, padding }: ConvAttrs,
  { input }: ConvolutionKind,
): boolean {
  const [given, wanted] = [step.aval(x).shape, step.aval(y).shape];
  const [outputs, channels, taps] = step.aval(kernel).shape as [number, number, number];
  const [batch, , depth, height, width] = given as [number, number, number, number, number];
  return (
    input === 'blocked' &&
    taps === 3 &&
    strides.every((stride) => stride === 1) &&
    dilation.every((spacing) => spacing === 1) &&
    padding[0]!.every((amount) => amount === 1) &&
    given.slice(2).every((extent, axis) => extent === wanted[axis + 2]) &&
    depth % 2 === 0 &&
    width >= NARROWEST &&
    Math.min(outputs, channels) >= FEWEST_CHANNELS &&
    batch * depth * height * width >= FEWEST_VOXELS
  );
}

/** Slices in pairs b, c, combined as the products want them: maps [D / 2 · N, C, H, W] each. Emitted when asked for, once. */
export interface SlicePairs {
  readonly first: OnnxValue;
  readonly second: OnnxValue;
  /** b + c */
  sum(): OnnxValue;
  /** c − b */
  difference(): OnnxValue;
  /** a − c */
  fromBefore(): OnnxValue;
  /** b − d */
  toAfter(): OnnxValue;
}

/** The next or previous pair's value for each pair; zeros beyond the ends. */
function neighbours(graph: GraphBuilder, maps: OnnxValue, by: number): OnnxValue {
  const [count, ...map] = maps.shape as [number, number, number, number];
  const rows = graph.reshape(maps, [count, map.reduce((product, extent) => product * extent, 1)]);
  return graph.reshape(graph.node('Pad', [rows, graph.int64([by, 0, -by, 0])], rows.shape), maps.shape);
}

export function pairSlices(step: TunedStep, maps: OnnxValue, batch: number, key: string): SlicePairs {
  const { graph } = step;
  const [count, ...map] = maps.shape as [number, number, number, number];
  const rows = graph.reshape(maps, [count / batch, batch * map.reduce((product, extent) => product * extent, 1)]);
  const everySecond = (from: number): OnnxValue => {
    const order = Array.from({ length: count / batch / 2 }, (_, pair) => 2 * pair + from);
    return graph.reshape(gatherRows(graph, rows, order), [count / 2, ...map]);
  };
  const once = (name: string, make: () => OnnxValue): OnnxValue => step.remember(`${key}:${name}`, make);
  const first = once('first', () => everySecond(0));
  const second = once('second', () => everySecond(1));
  return {
    first,
    second,
    sum: () => once('sum', () => graph.binary('Add', first, second)),
    difference: () => once('difference', () => graph.binary('Sub', second, first)),
    fromBefore: () => graph.binary('Sub', neighbours(graph, second, batch), second),
    toAfter: () => graph.binary('Sub', first, neighbours(graph, first, -batch)),
  };
}

/** The kernel's four combinations, from its taps along the depth. */
export function transformTaps(
  graph: GraphBuilder,
  [before, own, after]: readonly [OnnxValue, OnnxValue, OnnxValue],
): { readonly sum: OnnxValue; readonly difference: OnnxValue } {
  const half = graph.scalar(0.5);
  const outer = graph.binary('Mul', graph.binary('Add', before, after), half);
  const inner = graph.binary('Mul', own, half);
  return { sum: graph.binary('Add', outer, inner), difference: graph.binary('Sub', outer, inner) };
}
