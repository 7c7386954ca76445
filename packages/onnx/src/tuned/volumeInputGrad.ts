import { type ConvAttrs, type Shape, sizeOf } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { convolve } from './convolve.js';
import { convolvePairs } from './convolvePairs.js';
import type { BlockSize } from './Layout.js';
import { mapsShape } from './maps.js';
import { pairsOf } from './pairs.js';
import { type Phase, phasesOf } from './stridePhases.js';
import { type ConvolutionOperands, suitsPairs } from './suitsPairs.js';
import { transposedBlocks } from './transposedFilter.js';
import type { TunedStep } from './TunedStep.js';
import { usefulTaps } from './usefulTaps.js';
import { gradientReads, stackedGradient, withinSlices } from './volumeConv.js';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Taps of one convolution, along each axis. */
type Taps = readonly [depth: Shape, rows: Shape, columns: Shape];

/**
 * Filters in kernel layout that convolve dy, with slices stacked for the listed taps along the depth: [C, taps · O, rows, columns] for
 * each entry of `parts`, one after the other as output channels. `filter` is [O, C, D, H, W].
 */
function inputFilter(graph: GraphBuilder, filter: OnnxValue, parts: readonly Taps[], block: BlockSize): OnnxValue {
  const [outputs, channels, depth, height, width] = filter.shape as [number, number, number, number, number];
  const [outputBlocks, channelBlocks] = [outputs / block, channels / block];
  const order: number[] = [];
  for (const [slices, rows, columns] of parts) {
    for (let channel = 0; channel < channelBlocks; channel++) {
      for (const slice of slices) {
        for (let output = 0; output < outputBlocks; output++) {
          const first = ((output * depth + slice) * channelBlocks + channel) * height;
          for (const row of rows) for (const column of columns) order.push((first + row) * width + column);
        }
      }
    }
  }
  const [slices, rows, columns] = parts[0]!;
  const shape = [parts.length * channels, slices.length * outputs, rows.length, columns.length];
  return graph.reshape(transposedBlocks(graph, filter, order, block), shape);
}

function atStrideOne(
  step: TunedStep,
  operands: ConvolutionOperands,
  filter: OnnxValue,
  attrs: ConvAttrs,
): OnnxValue | null {
  const { graph, block } = step;
  const shape = mapsShape(step.aval(operands.x).shape);
  const inSlices = withinSlices(attrs);
  const given = step.aval(operands.y).shape.slice(3);
  const taps = usefulTaps(shape.slice(2), filter.shape.slice(3), given, inSlices);
  const padding = taps.low.map((low, axis) => {
    const reach = inSlices.dilation[axis]! * (taps.count[axis]! - 1);
    return [reach - low, shape[axis + 2]! - given[axis]! + low] as const;
  });
  if (padding.some(([low, high]) => low < 0 || high < 0)) return null;
  const [rows, columns] = taps.count.map((count, axis) =>
    range(count).map((tap) => taps.first[axis]! + count - 1 - tap),
  );
  if (suitsPairs(step, operands, attrs, { input: 'blocked', kernel: 'kernel', isDepthwise: false })) {
    const [outputs, channels] = filter.shape as [number, number];
    const mirrored = {
      filter: inputFilter(graph, filter, [[[2, 1, 0], rows!, columns!]], block),
      kernel: [channels, outputs, 3, ...taps.count],
    };
    const options = { padding: [attrs.padding[0]!, ...padding], block };
    return convolvePairs(graph, pairsOf(step, operands.y), mirrored, step.aval(operands.x).shape, options);
  }
  const flipped = inputFilter(graph, filter, [[range(filter.shape[2]!), rows!, columns!]], block);
  const options = { kernel: taps.count, dilation: inSlices.dilation, padding };
  return convolve(
    graph,
    stackedGradient(step, operands.y, gradientReads(step, operands, attrs)),
    flipped,
    shape,
    block,
    options,
  );
}

/** Positions of the phases back between one another: maps [D · N, s·s·s·C, h, w] as a volume [N, C, s·D, s·h, s·w]. */
function interleave(graph: GraphBuilder, phases: OnnxValue, shape: Shape, strides: Shape, block: BlockSize): OnnxValue {
  const [batch, channels] = shape as [number, number];
  const [maps, , height, width] = phases.shape as [number, number, number, number];
  const [along, down, across] = strides as [number, number, number];
  const apart = graph.reshape(phases, [maps / batch, batch, ...strides, channels / block, height, width, block]);
  const whole = graph.transpose(apart, [0, 2, 1, 5, 6, 3, 7, 4, 8]);
  const extents = [(maps / batch) * along, height * down, width * across];
  const split = graph.reshape(whole, [extents[0]!, (batch * channels) / block, extents[1]!, extents[2]!, block]);
  const cut = graph.slice(split, [0, 0, 0], shape.slice(2), [0, 2, 3]);
  return graph.reshape(cut, shape);
}

/** Only the first phase is not zero: zeros are put between its values in one pass. */
function spread(graph: GraphBuilder, phase: OnnxValue, shape: Shape, strides: Shape, block: BlockSize): OnnxValue {
  const [batch, channels] = shape as [number, number];
  const [maps, , height, width] = phase.shape as [number, number, number, number];
  const [along, down, across] = strides as [number, number, number];
  const rows = (batch * channels * height) / block;
  const depth = maps / batch;
  const padded = graph.node(
    'Pad',
    [
      graph.reshape(phase, [depth, 1, rows, 1, width, block]),
      graph.int64([0, 0, 0, 0, 0, 0, 0, along - 1, 0, down - 1, 0, (across - 1) * block]),
    ],
    [depth, along, rows, down, width, across * block],
  );
  const extents = [depth * along, height * down, width * across];
  const split = graph.reshape(padded, [extents[0]!, (batch * channels) / block, extents[1]!, extents[2]!, block]);
  return graph.reshape(graph.slice(split, [0, 0, 0], shape.slice(2), [0, 2, 3]), shape);
}

function atStride(
  step: TunedStep,
  operands: ConvolutionOperands,
  filter: OnnxValue,
  attrs: ConvAttrs,
): OnnxValue | null {
  const { graph, block } = step;
  const { shape } = step.aval(operands.x);
  const [batch, channels, ...extents] = shape as [number, number, number, number, number];
  const given = step.aval(operands.y).shape.slice(2);
  const axes = extents.map((extent, axis) =>
    phasesOf(extent, given[axis]!, filter.shape[axis + 2]!, attrs.strides[axis]!, attrs.padding[axis]![0]),
  ) as [readonly Phase[], readonly Phase[], readonly Phase[]];
  const isEmpty = ({ taps }: Phase): boolean => taps.length === 0;
  const used = axes.flatMap((phases) => phases.filter((phase) => !isEmpty(phase)));
  if (axes.slice(1).some((phases) => phases.some(({ taps, padding }) => taps.length > 0 && Math.min(...padding) < 0)))
    return null;
  if (axes.some((phases) => isEmpty(phases[0]!))) return null;

  const counts = extents.map((extent, axis) => Math.ceil(extent / attrs.strides[axis]!));
  const mapShape = (parts: number): Shape => [counts[0]! * batch, parts * channels, counts[1]!, counts[2]!];
  const compute = (parts: readonly (readonly [Phase, Phase, Phase])[]): OnnxValue => {
    const [along, row, column] = parts[0]!;
    const source = (position: number, tap: number): number => position - along.padding[0] + tap;
    const reads = { count: counts[0]!, taps: along.taps.length, source };
    const stacked = step.remember(`phase:${operands.y}:${[reads.count, reads.taps, along.padding[0]].join()}`, () =>
      stackedGradient(step, operands.y, reads),
    );
    const taps = parts.map((phases) => phases.map((phase) => phase.taps) as unknown as Taps);
    const part = inputFilter(graph, filter, taps, block);
    const options = { kernel: part.shape.slice(2), padding: [row.padding, column.padding] };
    return convolve(graph, stacked, part, mapShape(parts.length), block, options);
  };
  const isSingle = axes.every((phases) => phases.slice(1).every(isEmpty));
  if (isSingle) {
    const phase = compute([[axes[0][0]!, axes[1][0]!, axes[2][0]!]]);
    return spread(graph, phase, shape, attrs.strides, block);
  }
  if (used.length < axes.flat().length) return null;
  const phases = axes[0].flatMap((along) =>
    axes[1].flatMap((row) => axes[2].map((column) => [along, row, column] as const)),
  );
  const isPointwise = used.every(({ taps, padding: [low, high] }) => taps.length === 1 && low === 0 && high === 0);
  const joined = isPointwise
    ? compute(phases)
    : graph.node(
        'Concat',
        phases.map((phase) => compute([phase])),
        mapShape(sizeOf(attrs.strides)),
        { attributes: { axis: 1 } },
      );
  return interleave(graph, joined, shape, attrs.strides, block);
}

/**
 * Gradient of a convolution of volumes in its input, by convolutions of maps: the slices of dy that meet a slice of x are stacked as
 * channels. With strides one such convolution for each phase of the stride box.
 */
export function volumeInputGrad(
  step: TunedStep,
  operands: ConvolutionOperands,
  filter: OnnxValue,
  attrs: ConvAttrs,
): OnnxValue | null {
  const isStrided = attrs.strides.some((stride) => stride !== 1);
  const result = (isStrided ? atStride : atStrideOne)(step, operands, filter, attrs);
  return result === null ? null : step.graph.reshape(result, step.aval(operands.x).shape);
}
