import type { Padding, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize } from './Layout.js';
import { blockedConv, type BlockedConvOptions, type Epilogue } from './nchwc.js';
import { stackMaps, unstackMaps, WIDEST_STACKED } from './stackMaps.js';

const isOne = (extent: number): boolean => extent === 1;

/** Whether a convolution of blocked maps keeps their width and they are small enough to be stacked. */
export function isStackable(
  x: OnnxValue,
  shape: Shape,
  block: BlockSize,
  { strides = [1, 1], dilation = [1, 1], groups = 1, sum }: BlockedConvOptions,
): boolean {
  const [batch, channels, , width] = x.shape as [number, number, number, number];
  return (
    batch > 1 &&
    channels % block === 0 &&
    groups === 1 &&
    sum === undefined &&
    width === shape[3] &&
    width <= WIDEST_STACKED &&
    strides.every(isOne) &&
    dilation.every(isOne)
  );
}

/** Convolution of the maps of a batch side by side, with as many columns of zeros between as the kernel is padded by. */
function convolveStacked(
  graph: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  shape: Shape,
  block: BlockSize,
  options: BlockedConvOptions,
): OnnxValue {
  const [, outputs, outputHeight] = shape as [number, number, number, number];
  const [rows, columns] = options.padding ?? [
    [0, 0],
    [0, 0],
  ];
  const wide = stackMaps(graph, x, Math.max(columns![0], columns![1]), block);
  // The gap after the last map is padding as well.
  const padding: Padding = [rows!, [columns![0], columns![1]]];
  const result = blockedConv(graph, wide, filter, [1, outputs, outputHeight, wide.shape[3]!], { ...options, padding });
  return unstackMaps(graph, result, shape, block);
}

/** Convolution of blocked activations with a filter in kernel layout: the batch goes side by side when the maps are small. */
export function convolve(
  graph: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  shape: Shape,
  block: BlockSize,
  options: BlockedConvOptions,
): OnnxValue {
  return isStackable(x, shape, block, options)
    ? convolveStacked(graph, x, filter, shape, block, options)
    : blockedConv(graph, x, filter, shape, options);
}

function activate(graph: GraphBuilder, x: OnnxValue, activation: Epilogue['activation']): OnnxValue {
  if (activation === undefined) return x;
  if (activation === 'relu') return graph.node('Relu', [x], x.shape);
  return graph.node('LeakyRelu', [x], x.shape, { attributes: { alpha: { float: activation.slope } } });
}

/** Emits with what the kernel can take on, the rest after it: stacked maps have no place for a sum. */
export function convolveDeferred(
  graph: GraphBuilder,
  emit: (epilogue: Epilogue) => OnnxValue,
  isStacked: boolean,
  epilogue: Epilogue,
): OnnxValue {
  const { sum, activation, ...rest } = epilogue;
  if (sum === undefined || !isStacked) return emit(epilogue);
  const total = graph.binary('Add', emit(rest), sum);
  return activate(graph, total, activation);
}
