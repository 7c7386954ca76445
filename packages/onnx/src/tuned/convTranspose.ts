import type { Primitives, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { convolutionKind } from './convolutionKind.js';
import { convolve } from './convolve.js';
import { convolvePairs } from './convolvePairs.js';
import type { BlockSize } from './Layout.js';
import { pairsOf } from './pairs.js';
import { inputGradByTaps, usesTaps } from './smallMaps.js';
import { type Phase, phasesOf } from './stridePhases.js';
import { type ConvolutionOperands, suitsPairs } from './suitsPairs.js';
import { suitsTransposePairs, transposePairs } from './transposePairs.js';
import { transposedFilter } from './transposedFilter.js';
import type { TunedLowering, TunedStep } from './TunedStep.js';
import { deferUpsampling, interleave, isUpsampling } from './upsample.js';
import { usefulTaps } from './usefulTaps.js';
import { volumeInputGrad } from './volumeInputGrad.js';

type Attrs = Primitives['convTranspose'];

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Only the first phase is not zero: zeros are put between its values in one pass. */
function spread(graph: GraphBuilder, phase: OnnxValue, strides: Shape, block: BlockSize): OnnxValue {
  const [batch, channels, height, width] = phase.shape as [number, number, number, number];
  const [down, across] = strides as [number, number];
  const rows = (batch * channels) / block;
  const dense = graph.reshape(phase, [rows * height, 1, width, block]);
  const padded = graph.node(
    'Pad',
    [dense, graph.int64([0, 0, 0, 0, 0, down - 1, 0, (across - 1) * block])],
    [rows * height, down, width, across * block],
  );
  return graph.reshape(padded, [batch, channels, height * down, width * across]);
}

function cropTo(graph: GraphBuilder, x: OnnxValue, [height, width]: Shape, block: BlockSize): OnnxValue {
  const [batch, channels, ...extents] = x.shape as [number, number, number, number];
  const split = graph.reshape(x, [batch, channels / block, ...extents, block]);
  return graph.reshape(graph.slice(split, [0, 0], [height!, width!], [2, 3]), [batch, channels, height!, width!]);
}

function atStrideOne(
  graph: GraphBuilder,
  g: OnnxValue,
  filter: OnnxValue,
  shape: Shape,
  attrs: Attrs,
  block: BlockSize,
): OnnxValue | null {
  const window = filter.shape.slice(2);
  const taps = usefulTaps(shape.slice(2), window, g.shape.slice(2), attrs);
  const padding = taps.low.map((low, axis) => {
    const reach = attrs.dilation[axis]! * (taps.count[axis]! - 1);
    return [reach - low, shape[axis + 2]! - g.shape[axis + 2]! + low] as const;
  });
  if (padding.some(([low, high]) => low < 0 || high < 0)) return null;
  const [rows, columns] = taps.count.map((count, axis) =>
    range(count).map((tap) => taps.first[axis]! + count - 1 - tap),
  );
  const flipped = transposedFilter(graph, filter, rows!, columns!, block);
  return convolve(graph, g, flipped, shape, block, { kernel: taps.count, dilation: attrs.dilation, padding });
}

function inputGradOfPairs(step: TunedStep, { x, kernel, y }: ConvolutionOperands, attrs: Attrs): OnnxValue {
  const { graph, block, values } = step;
  const [outputs, channels, ...window] = step.aval(kernel).shape as [number, number, number, number];
  const [rows, columns] = window.map((extent) => range(extent).reverse());
  const filter = transposedFilter(graph, values.get(kernel, 'kernel'), rows!, columns!, block);
  const padding = attrs.padding.map(
    ([low, high], axis) => [window[axis]! - 1 - low, window[axis]! - 1 - high] as const,
  );
  const mirrored = { filter, kernel: [channels, outputs, ...window] };
  return convolvePairs(graph, pairsOf(step, y), mirrored, step.aval(x).shape, { padding, block });
}

function atStride(step: TunedStep, { x, kernel, y }: ConvolutionOperands, attrs: Attrs): OnnxValue | null {
  const { graph, block, values } = step;
  const { shape } = step.aval(x);
  const [g, filter] = [values.get(y, 'blocked'), values.get(kernel, 'kernel')];
  const [batch, channels, ...extents] = shape as [number, number, number, number];
  const [rows, columns] = extents.map((extent, axis) =>
    phasesOf(extent, g.shape[axis + 2]!, filter.shape[axis + 2]!, attrs.strides[axis]!, attrs.padding[axis]![0]),
  ) as [readonly Phase[], readonly Phase[]];
  const used = [...rows, ...columns].filter(({ taps }) => taps.length > 0);
  if (used.some(({ padding: [low, high] }) => low < 0 || high < 0)) return null;
  if (rows[0]!.taps.length === 0 || columns[0]!.taps.length === 0) return null;

  const phaseShape = [batch, channels, ...extents.map((extent, axis) => Math.ceil(extent / attrs.strides[axis]!))];
  const compute = (row: Phase, column: Phase): OnnxValue => {
    const part = transposedFilter(graph, filter, row.taps, column.taps, block);
    return convolve(graph, g, part, phaseShape, block, {
      kernel: [row.taps.length, column.taps.length],
      padding: [row.padding, column.padding],
    });
  };
  const isSingle = (phases: readonly Phase[]): boolean => phases.slice(1).every(({ taps }) => taps.length === 0);
  let dense: OnnxValue;
  if (isSingle(rows) && isSingle(columns)) dense = spread(graph, compute(rows[0]!, columns[0]!), attrs.strides, block);
  else if (used.length < rows.length + columns.length) return null;
  else if (suitsTransposePairs(filter.shape, phaseShape, rows)) {
    const [, , count, width] = phaseShape as [number, number, number, number];
    dense = transposePairs(step, { kernel, y }, { rows, columns }, [batch, channels, count, width]);
  } else {
    const phases = rows.flatMap((row) => columns.map((column) => compute(row, column)));
    const joined = graph.node('Concat', phases, [batch, channels * phases.length, ...phaseShape.slice(2)], {
      attributes: { axis: 1 },
    });
    dense = interleave(graph, joined, channels, attrs.strides, block);
  }
  return cropTo(graph, dense, extents, block);
}

/**
 * Gradient of a convolution in its input. At stride 1 a convolution with the flipped, transposed filter; otherwise one such convolution
 * for each phase of the stride, with the taps that reach it.
 */
export const tunedConvTranspose: TunedLowering<Attrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const [y, kernel] = inputs as [number, number];
  const output = outputs[0]!;
  const operands = { x: output, kernel, y };
  if (usesTaps(step, operands, attrs)) {
    inputGradByTaps(step, operands, attrs);
    return true;
  }
  const kind = convolutionKind(step.aval(output), step.aval(kernel), step.aval(y), attrs, block);
  const isStrided = attrs.strides.some((stride) => stride !== 1);
  if (kind === null || kind.kernel !== 'kernel' || (isStrided && attrs.dilation.some((dilation) => dilation !== 1)))
    return false;
  if (step.aval(output).shape.length === 5) {
    const volume = volumeInputGrad(step, operands, values.get(kernel, 'kernel'), attrs);
    if (volume === null) return false;
    values.define(output, volume, 'blocked');
    return true;
  }
  if (suitsPairs(step, operands, attrs, kind)) {
    values.define(output, inputGradOfPairs(step, operands, attrs), 'blocked');
    return true;
  }
  if (isStrided && isUpsampling(step.aval(y).shape.slice(2), step.aval(kernel).shape.slice(2), attrs)) {
    values.defer(output, deferUpsampling(graph, values.get(y, 'blocked'), values.get(kernel, 'kernel'), attrs, block));
    return true;
  }
  const result = isStrided
    ? atStride(step, operands, attrs)
    : atStrideOne(graph, values.get(y, 'blocked'), values.get(kernel, 'kernel'), step.aval(output).shape, attrs, block);
  if (result === null) return false;
  values.define(output, result, 'blocked');
  return true;
};
