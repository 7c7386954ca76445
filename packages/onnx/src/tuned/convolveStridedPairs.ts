import type { ConvAttrs, Padding } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { gatherRows } from './gatherRows.js';
import { blockedConv, type Epilogue } from './nchwc.js';
import { combine, halfShape, joinPairs, viewOfMaps, viewOfTaps } from './pairs.js';
import type { ConvolutionOperands } from './suitsPairs.js';
import type { TunedStep } from './TunedStep.js';

/** Fewest channels on both sides: with fewer, combining rows takes the time that products save. */
const FEWEST_CHANNELS = 64;
/** Fewest positions of the result: with fewer, combining the kernel's taps does. */
const FEWEST_POSITIONS = 256;

/** Whether `convolveStridedPairs` fits, and is faster. */
export function suitsStridedPairs(
  step: TunedStep,
  { x, kernel, y }: ConvolutionOperands,
  { strides, dilation, padding }: ConvAttrs,
  kind: ConvolutionKind,
): boolean {
  const [batch, outputs, ...extents] = step.aval(y).shape as [number, number, ...number[]];
  const [, channels, rows] = step.aval(x).shape as [number, number, number];
  return (
    kind.input === 'blocked' &&
    kind.kernel === 'kernel' &&
    extents.length === 2 &&
    step.aval(kernel).shape[2] === 4 &&
    strides[0] === 2 &&
    dilation.every((spacing) => spacing === 1) &&
    padding[0]!.every((amount) => amount === 1) &&
    rows === 2 * extents[0]! &&
    extents[0]! % 2 === 0 &&
    Math.min(outputs, channels) >= FEWEST_CHANNELS &&
    extents.reduce((product, extent) => product * extent, batch) >= FEWEST_POSITIONS
  );
}

/** Two neighbouring rows of every four, from `first` on, of blocked maps. */
function twoOfFour(step: TunedStep, x: OnnxValue, first: number): OnnxValue {
  const [outer, , extent, inner] = viewOfMaps(x.shape, step.block);
  const rows = step.graph.reshape(x, [outer * extent, inner * step.block]);
  const order = Array.from({ length: (outer * extent) / 2 }, (_, row) => 4 * Math.floor(row / 2) + first + (row % 2));
  return step.graph.reshape(gatherRows(step.graph, rows, order), halfShape(x.shape));
}

/**
 * A convolution of stride 2 with four rows of taps: three products of two rows of taps for a pair of rows of the result instead of four,
 * Winograd's F(2, 2) for even and odd rows of x at once. With a, b and c two neighbouring rows of x each, u the taps of the first two rows and v of
 * the others:
 *
 *     y0 = (a − b) · u + p    y1 = p − (b − c) · v    p = b · (u + v)
 */
export function convolveStridedPairs(
  step: TunedStep,
  { x, kernel, y }: ConvolutionOperands,
  { strides, padding }: ConvAttrs,
  { bias, activation }: Omit<Epilogue, 'sum'>,
): OnnxValue {
  const { graph, block, values } = step;
  const { shape } = step.aval(y);
  const [outputs, channels, , columns] = step.aval(kernel).shape as [number, number, number, number];
  const taps = viewOfTaps([outputs, channels, 2, 2 * columns], block);
  // The discriminator of a GAN meets real and generated images with the same kernel.
  const tapsOf = (...weights: readonly [number, number]): OnnxValue =>
    step.remember(`stridedTaps:${weights.join()}:${kernel}`, () =>
      graph.reshape(combine(graph, values.get(kernel, 'kernel'), taps, { weights }), [outputs, channels, 2, columns]),
    );
  const image = values.get(x, 'blocked');
  const neighbours = { weights: [1, -1], dilation: 2, padding: [1, 1] } as const;
  const differences = graph.reshape(combine(graph, image, viewOfMaps(image.shape, block), neighbours), image.shape);
  const across = strides[1]!;
  const sides: Padding = [[0, 0], padding[1]!];
  const half = halfShape(shape);
  const options = { kernel: [2, columns], strides: [2, across], padding: sides };
  const last = {
    ...options,
    ...(bias === undefined ? {} : { bias }),
    ...(activation === undefined ? {} : { activation }),
    sum: blockedConv(graph, twoOfFour(step, image, 1), tapsOf(1, 1), half, options),
  };
  const first = blockedConv(graph, differences, tapsOf(1, 0), half, { ...last, strides: [4, across] });
  const second = blockedConv(graph, twoOfFour(step, differences, 2), tapsOf(0, -1), half, last);
  return joinPairs(graph, [first, second], shape, block);
}
