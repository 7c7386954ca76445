import type { ConvAttrs, ValueId } from '@delira/core';
import type { ConvolutionKind } from './convolutionKind.js';
import type { TunedStep } from './TunedStep.js';

/** Operands of a forward convolution, whichever of them is being computed. */
export interface ConvolutionOperands {
  readonly x: ValueId;
  readonly kernel: ValueId;
  readonly y: ValueId;
}

/** Fewest channels on both sides: with fewer, combining positions takes the time that products save. */
const FEWEST_CHANNELS = 32;
/** Fewest positions: with fewer, combining the kernel's taps does. */
const FEWEST_POSITIONS = 512;
/** Narrower maps lie side by side in the engine's convolution, which has no place for a sum there. */
const NARROWEST = 5;

/**
 * Whether pairs of positions along the first spatial axis, of rows or of a volume's slices, take four products of maps instead of six:
 * Winograd's F(2, 3) (Lavin & Gray, 2016). With a the position before a pair b, c and d the one after it, and taps w0, w1, w2:
 *
 *     y0 = (a − c) · w0 + p + q    p = (b + c) · (w0 + w1 + w2) / 2
 *     y1 = p − q − (b − d) · w2    q = (c − b) · (w0 − w1 + w2) / 2
 */
export function suitsPairs(
  step: TunedStep,
  { x, kernel, y }: ConvolutionOperands,
  { strides, dilation, padding }: ConvAttrs,
  kind: ConvolutionKind,
): boolean {
  const [given, wanted] = [step.aval(x).shape, step.aval(y).shape];
  const [outputs, channels, taps] = step.aval(kernel).shape as [number, number, number];
  const [batch, , ...extents] = given as [number, number, ...number[]];
  return (
    kind.input === 'blocked' &&
    kind.kernel === 'kernel' &&
    taps === 3 &&
    strides.every((stride) => stride === 1) &&
    dilation.every((spacing) => spacing === 1) &&
    padding[0]!.every((amount) => amount === 1) &&
    extents.every((extent, axis) => extent === wanted[axis + 2]) &&
    extents[0]! % 2 === 0 &&
    extents.at(-1)! >= NARROWEST &&
    Math.min(outputs, channels) >= FEWEST_CHANNELS &&
    extents.reduce((product, extent) => product * extent, batch) >= FEWEST_POSITIONS
  );
}
