import type { Shape } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import { blockedConv } from './nchwc.js';
import { combine, everySecond, halfShape, viewOfMaps } from './pairs.js';
import { stackMaps, unstackMaps, WIDEST_STACKED } from './stackMaps.js';
import type { Phase } from './stridePhases.js';
import type { ConvolutionOperands } from './suitsPairs.js';
import { transposedFilter } from './transposedFilter.js';
import type { TunedStep } from './TunedStep.js';
import { interleave } from './upsample.js';

/** Fewest channels on both sides: with fewer, combining rows of g takes the time that products save. */
const FEWEST_CHANNELS = 64;
/** Fewest positions of g: with fewer, combining the kernel's taps takes the time that products save. */
const FEWEST_POSITIONS = 128;

/**
 * Whether `transposePairs` is faster, and the phases of the rows are those of four taps, a stride of two and a padding of one.
 *
 * @param kernel its shape, [O, C, H, W].
 * @param phase the shape of a phase, [N, C, H, W].
 */
export function suitsTransposePairs(
  [outputs, channels]: Shape,
  [batch, , count, width]: Shape,
  rows: readonly Phase[],
): boolean {
  const [first, second] = rows;
  return (
    Math.min(outputs!, channels!) >= FEWEST_CHANNELS &&
    rows.length === 2 &&
    rows.every(({ taps }) => taps.length === 2) &&
    first!.padding.join() === '1,0' &&
    second!.padding.join() === '0,1' &&
    count! % 2 === 0 &&
    batch! * count! * width! >= FEWEST_POSITIONS
  );
}

/**
 * A transposed convolution of stride 2 with four rows of taps, six products of maps for four rows of the result instead of eight: Winograd's F(2, 2) for
 * each phase of the rows. With b and c a pair of rows of g, a the one before and d the one after it:
 *
 *     y0 = (a − b) · w3 + p    y2 = p + (c − b) · w1    p = b · (w1 + w3)
 *     y1 = (b − c) · w2 + q    y3 = q + (d − c) · w0    q = c · (w0 + w2)
 *
 * @param shape of a phase, [N, C, H, W].
 */
export function transposePairs(
  step: TunedStep,
  { y, kernel }: Pick<ConvolutionOperands, 'kernel' | 'y'>,
  { rows, columns }: { readonly rows: readonly Phase[]; readonly columns: readonly Phase[] },
  [batch, channels, count, width]: readonly [number, number, number, number],
): OnnxValue {
  const { graph, block, values } = step;
  const g = values.get(y, 'blocked');
  const isStacked = batch > 1 && width === g.shape[3] && width <= WIDEST_STACKED;
  const gap = Math.max(...columns.flatMap(({ padding }) => padding));
  const maps = isStacked ? stackMaps(graph, g, gap, block) : g;
  const view = viewOfMaps(maps.shape, block);
  const half = halfShape(maps.shape);
  const combined = (weights: readonly number[], padding: readonly [number, number]): OnnxValue =>
    graph.reshape(combine(graph, maps, view, { weights, stride: 2, padding }), half);
  const own = (from: 0 | 1): OnnxValue => graph.reshape(everySecond(graph, maps, view, from), half);
  const phases = [
    { own: own(0), before: combined([1, -1], [1, 0]), after: combined([-1, 1], [0, 0]) },
    { own: own(1), before: combined([1, -1], [0, 0]), after: combined([0, -1, 1], [0, 1]) },
  ];
  const [wideBatch, , , wideWidth] = half as [number, number, number, number];
  const phaseShape = [wideBatch, channels, count / 2, isStacked ? wideWidth : width];
  // The discriminator of a GAN meets real and generated images with the same kernel.
  const once = (taps: string, column: Phase, make: () => OnnxValue): OnnxValue =>
    step.remember(`turned:${kernel}:${taps}:${column.taps.join()}`, make);
  const turned = (tap: number, column: Phase): OnnxValue =>
    once(`${tap}`, column, () => transposedFilter(graph, values.get(kernel, 'kernel'), [tap], column.taps, block));
  const compute = (row: number, column: Phase): readonly [OnnxValue, OnnxValue] => {
    const { own, before, after } = phases[row]!;
    const [firstTap, secondTap] = rows[row]!.taps as readonly [number, number];
    const [first, second] = [turned(firstTap, column), turned(secondTap, column)];
    const both = once(`${firstTap}+${secondTap}`, column, () => graph.binary('Add', first, second));
    const options = { kernel: [1, column.taps.length], padding: [[0, 0], column.padding] as const };
    const sum = blockedConv(graph, own, both, phaseShape, options);
    return [
      blockedConv(graph, before, first, phaseShape, { ...options, sum }),
      blockedConv(graph, after, second, phaseShape, { ...options, sum }),
    ];
  };
  const computed = [0, 1].map((row) => columns.map((column) => compute(row, column)));
  const inOrder = [0, 1].flatMap((of) => computed.flatMap((row) => row.map((pair) => pair[of]!)));
  const joined = graph.node('Concat', inOrder, [wideBatch, channels * inOrder.length, ...phaseShape.slice(2)], {
    attributes: { axis: 1 },
  });
  const across = columns.length;
  const dense = interleave(graph, joined, channels, [4, across], block);
  return isStacked ? unstackMaps(graph, dense, [batch, channels, 2 * count, across * width], block) : dense;
}
