import type { Primitives, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { gatherRows } from './gatherRows.js';
import type { BlockSize } from './Layout.js';

import { blockedConv } from './nchwc.js';
import { type UsefulTaps, usefulTaps } from './usefulTaps.js';

type Attrs = Primitives['convKernelGrad'];

/** Products one kernel row adds up before it stores them: fewer waste time on stores, more do not fit the cache. */
const FEWEST_PRODUCTS = 512;
const MOST_PRODUCTS = 2048;

/** How batch and rows are laid out: images · bands channels of interleaved · (height / bands) kernel rows. */
interface Plan {
  /** Images that follow one another within a kernel row's neighbourhood: their rows are interleaved. */
  readonly interleaved: number;
  /** Bands each map is cut into. */
  readonly bands: number;
  /** Whether the positions of the stride's box become further groups, and the stride 1: only so can rows of images be interleaved. */
  readonly isPhased: boolean;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const divisors = (count: number): readonly number[] =>
  range(count)
    .map((index) => index + 1)
    .filter((candidate) => count % candidate === 0);

interface Geometry {
  readonly batch: number;
  /** Blocks of the input's channels and channels in each: (C / B, B), or (C, 1) for an input of few channels. */
  readonly groups: number;
  readonly perGroup: number;
  readonly outputs: number;
  readonly input: readonly [height: number, width: number];
  readonly output: readonly [height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
  readonly low: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
}

function planFor({ batch, perGroup, output, kernel, strides }: Geometry, block: BlockSize): Plan {
  const [height, width] = output;
  const bands = divisors(height).find((count) => (height / count) * width <= MOST_PRODUCTS) ?? height;
  const isStrided = strides.some((stride) => stride !== 1);
  const isPhased =
    isStrided &&
    bands === 1 &&
    batch > 1 &&
    perGroup === block &&
    height * width < FEWEST_PRODUCTS &&
    strides.every((stride, axis) => kernel[axis]! % stride === 0);
  // A stride would make the distances of interleaved rows uneven.
  if (bands > 1 || (isStrided && !isPhased)) return { interleaved: 1, bands, isPhased };
  const interleaved =
    divisors(batch).find((count) => batch / count < block && height * width * count >= FEWEST_PRODUCTS) ?? batch;
  return { interleaved, bands, isPhased };
}

/** Parts of the channels: as many as fit a convolution that reads channels one by one. */
function partsOf(channels: number, block: BlockSize): readonly (readonly [from: number, to: number])[] {
  const parts = Math.ceil(channels / (block - 1));
  return range(parts).map((part) => [
    Math.floor((channels * part) / parts),
    Math.floor((channels * (part + 1)) / parts),
  ]);
}

/** x with what the kernel reaches of its padding, as rows, followed by a row of zeros; `phases` values of a row that are apart. */
function paddedRows(
  graph: GraphBuilder,
  x: OnnxValue,
  { batch, groups, perGroup, input, output, kernel, low, strides }: Geometry,
  isPhased: boolean,
): { readonly rows: OnnxValue; readonly perPhase: number } {
  const [height, width] = input;
  const reach = strides[1] * (output[1] - 1) + kernel[1];
  const columns = reach * perGroup;
  const given = batch * groups * height;
  const flat = graph.reshape(x, [given, width * perGroup]);
  const isWhole =
    low.every((amount) => amount === 0) && reach === width && strides[0] * (output[0] - 1) + kernel[0] === height;
  const pads = graph.int64([0, low[1] * perGroup, 1, (reach - low[1] - width) * perGroup]);
  const padded = isWhole ? flat : graph.node('Pad', [flat, pads], [given + 1, columns]);
  if (!isPhased) return { rows: padded, perPhase: padded.shape[0]! };
  const count = padded.shape[0]!;
  const split = graph.reshape(padded, [count, reach / strides[1], strides[1], perGroup]);
  const apart = graph.transpose(split, [2, 0, 1, 3]);
  return { rows: graph.reshape(apart, [strides[1] * count, columns / strides[1]]), perPhase: count };
}

/** Which of the rows that `paddedRows` gives a part of the channels needs, in the order [phases, groups, channels, rows, interleaved]. */
function imageRows(
  { batch, groups, input, output, kernel, low, strides }: Geometry,
  { interleaved, bands, isPhased }: Plan,
  [from, to]: readonly [number, number],
  perPhase: number,
): readonly number[] {
  const height = input[0];
  const zeros = batch * groups * height;
  const [down, across] = isPhased ? strides : [1, 1];
  const step = strides[0] / down;
  const perBand = output[0] / bands;
  const rows = step * (perBand - 1) + kernel[0] / down;
  const indices: number[] = [];
  for (let rowPhase = 0; rowPhase < down; rowPhase++) {
    for (let columnPhase = 0; columnPhase < across; columnPhase++) {
      for (let group = 0; group < groups; group++) {
        for (let channel = from; channel < to; channel++) {
          const [image, band] = [Math.floor(channel / bands), channel % bands];
          for (let row = 0; row < rows; row++) {
            const position = down * (band * step * perBand + row) + rowPhase - low[0];
            for (let index = 0; index < interleaved; index++) {
              const map = (image * interleaved + index) * groups + group;
              const isInside = position >= 0 && position < height;
              indices.push(columnPhase * perPhase + (isInside ? map * height + position : zeros));
            }
          }
        }
      }
    }
  }
  return indices;
}

/** x as the convolution's image of one part of the channels: [phases · groups, channels, rows, columns · perGroup]. */
function imagesOf(
  graph: GraphBuilder,
  x: OnnxValue,
  geometry: Geometry,
  plan: Plan,
  parts: readonly (readonly [number, number])[],
): readonly OnnxValue[] {
  const { batch, groups, perGroup, input, output, kernel, low, strides } = geometry;
  const reach = [0, 1].map((axis) => strides[axis]! * (output[axis]! - 1) + kernel[axis]!) as [number, number];
  if (
    parts.length === 1 &&
    plan.bands === 1 &&
    plan.interleaved === 1 &&
    !plan.isPhased &&
    (batch === 1 || groups === 1)
  ) {
    // Nothing moves: padding is all there is to do.
    const shape = [groups, batch, reach[0], reach[1] * perGroup];
    const maps = graph.reshape(x, [groups, batch, input[0], input[1] * perGroup]);
    const before = [low[0], low[1] * perGroup];
    const after = [reach[0] - low[0] - input[0], (reach[1] - low[1] - input[1]) * perGroup];
    const isWhole = [...before, ...after].every((amount) => amount === 0);
    return [isWhole ? maps : graph.node('Pad', [maps, graph.int64([0, 0, ...before, 0, 0, ...after])], shape)];
  }
  const { rows, perPhase } = paddedRows(graph, x, geometry, plan.isPhased);
  const phases = plan.isPhased ? strides[0] * strides[1] : 1;
  return parts.map((part) => {
    const indices = imageRows(geometry, plan, part, perPhase);
    const channels = part[1] - part[0];
    const perChannel = indices.length / (phases * groups * channels);
    return graph.reshape(gatherRows(graph, rows, indices), [phases * groups, channels, perChannel, rows.shape[1]!]);
  });
}

/** dy as filters of kernel layout: [O / B, channels, rows, columns, B], nominally [O, channels, rows, columns]. */
function filtersOf(
  graph: GraphBuilder,
  y: OnnxValue,
  { batch, outputs, output }: Geometry,
  { interleaved, bands }: Plan,
  parts: readonly (readonly [number, number])[],
  block: BlockSize,
): readonly OnnxValue[] {
  const [height, width] = output;
  const blocks = outputs / block;
  const perBand = height / bands;
  const rows = graph.reshape(y, [batch * blocks * height, width * block]);
  return parts.map(([from, to]) => {
    const indices: number[] = [];
    for (let output = 0; output < blocks; output++) {
      for (let channel = from; channel < to; channel++) {
        const [image, band] = [Math.floor(channel / bands), channel % bands];
        for (let row = 0; row < perBand; row++) {
          for (let index = 0; index < interleaved; index++)
            indices.push(((image * interleaved + index) * blocks + output) * height + band * perBand + row);
        }
      }
    }
    return graph.reshape(gatherRows(graph, rows, indices), [outputs, to - from, perBand * interleaved, width]);
  });
}

/** Sum of the convolutions of all parts: [phases · groups, O, rows, columns · perGroup]. */
function correlate(
  graph: GraphBuilder,
  images: readonly OnnxValue[],
  filters: readonly OnnxValue[],
  { perGroup, outputs, kernel, strides }: Geometry,
  { interleaved, isPhased }: Plan,
): OnnxValue {
  const [down, across] = isPhased ? strides : [1, 1];
  const shape = [images[0]!.shape[0]!, outputs, kernel[0] / down, (kernel[1] / across) * perGroup];
  let sum: OnnxValue | undefined;
  for (const [part, image] of images.entries()) {
    const filter = filters[part]!;
    sum = blockedConv(graph, image, filter, shape, {
      kernel: filter.shape.slice(2),
      strides: [interleaved, 1],
      dilation: [strides[0] / down, (strides[1] / across) * perGroup],
      ...(sum === undefined ? {} : { sum }),
    });
  }
  return sum!;
}

/** Phases back between one another as taps: [groups, O / B, taps, values of a tap]. */
function tapsInOrder(
  graph: GraphBuilder,
  products: OnnxValue,
  geometry: Geometry,
  plan: Plan,
  block: BlockSize,
): OnnxValue {
  const { groups, perGroup, outputs, kernel, strides } = geometry;
  const shape = [groups, outputs / block, kernel[0] * kernel[1], perGroup * block];
  if (!plan.isPhased) return graph.reshape(products, shape);
  const [down, across] = strides;
  const split = [down, across, groups, outputs / block, kernel[0] / down, kernel[1] / across, perGroup * block];
  return graph.reshape(graph.transpose(graph.reshape(products, split), [2, 3, 4, 0, 5, 1, 6]), shape);
}

/** Operands of the gradient of a convolution of maps in its kernel: nominal shapes are those of 2D, whatever volume they stand for. */
export interface MapKernelGrad {
  /** [N, C, H, W], plain with fewer channels than a block, or blocked. */
  readonly x: OnnxValue;
  readonly isBlocked: boolean;
  /** [N, O, H, W], blocked. */
  readonly y: OnnxValue;
  readonly window: Shape;
}

/**
 * Gradient of a convolution in its kernel as one convolution: the batch takes the place of the channels, the channels of a block ride along
 * the columns, dy is the kernel, dilated by the stride. Rows of several images are interleaved and moved over with a stride, so that the
 * sum over images happens inside of the engine's kernel. Gives [C blocks, O blocks, taps that meet the input, values of a block's tap].
 */
export function correlateMaps(
  graph: GraphBuilder,
  { x, isBlocked, y, window }: MapKernelGrad,
  { strides, padding, dilation }: Pick<Attrs, 'strides' | 'padding' | 'dilation'>,
  block: BlockSize,
): { readonly products: OnnxValue; readonly taps: UsefulTaps } {
  const [batch, channels, ...input] = x.shape as [number, number, number, number];
  const [, outputs, ...extents] = y.shape as [number, number, number, number];
  const taps = usefulTaps(input, window, extents, { strides, padding, dilation });
  const perGroup = isBlocked ? block : 1;
  const geometry: Geometry = {
    batch,
    groups: channels / perGroup,
    perGroup,
    outputs,
    input,
    output: extents,
    kernel: taps.count as [number, number],
    low: taps.low as [number, number],
    strides: strides as [number, number],
  };
  const plan = planFor(geometry, block);
  const parts = partsOf((batch / plan.interleaved) * plan.bands, block);
  const images = imagesOf(graph, x, geometry, plan, parts);
  const filters = filtersOf(graph, y, geometry, plan, parts, block);
  const products = correlate(graph, images, filters, geometry, plan);
  return { products: tapsInOrder(graph, products, geometry, plan, block), taps };
}
