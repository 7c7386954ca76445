import type { Primitives, Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize } from './Layout.js';
import { moveAxes } from './moveAxes.js';
import { blockedConv } from './nchwc.js';
import { type UsefulTaps, usefulTaps } from './usefulTaps.js';

type Attrs = Primitives['convKernelGrad'];

/** Products one kernel row adds up before it stores them: fewer waste time on stores, more do not fit the cache. */
const FEWEST_PRODUCTS = 512;
const MOST_PRODUCTS = 2048;

/** How batch and rows are laid out: n1 · q channels of n2 · (rows / q) kernel rows. */
interface Plan {
  /** Images that follow one another within a kernel row's neighbourhood: the rows of all n2 are interleaved. */
  readonly interleaved: number;
  /** Bands each map is cut into. */
  readonly bands: number;
}

const divisors = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter((candidate) => count % candidate === 0);

function planFor(batch: number, height: number, width: number, stride: number, block: BlockSize): Plan {
  const bands = divisors(height).find((count) => (height / count) * width <= MOST_PRODUCTS) ?? height;
  // A stride would make the distances of interleaved rows uneven.
  if (stride !== 1 || bands > 1) return { interleaved: 1, bands };
  const interleaved =
    divisors(batch).find((count) => batch / count < block && height * width * count >= FEWEST_PRODUCTS) ?? batch;
  return { interleaved, bands };
}

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

/** x as [groups, images · bands, rows, columns · perGroup], padded or cropped to what the kernel reaches. */
function imageOf(
  graph: GraphBuilder,
  x: OnnxValue,
  { batch, groups, perGroup, input, output, kernel, low, strides }: Geometry,
  { interleaved, bands }: Plan,
): OnnxValue {
  const [height, width] = input;
  const images = batch / interleaved;
  const reach = [0, 1].map((axis) => strides[axis]! * (output[axis]! - 1) + kernel[axis]!) as [number, number];
  const split = graph.reshape(x, [images, interleaved, groups, height, width * perGroup]);
  const swapped = moveAxes(graph, split, [2, 0, 3, 1, 4]);
  const before = [low[0], low[1] * perGroup];
  const after = [reach[0] - low[0] - height, (reach[1] - low[1] - width) * perGroup];
  const columns = reach[1] * perGroup;
  const padded = [...before, ...after].every((amount) => amount === 0)
    ? swapped
    : graph.node(
        'Pad',
        [swapped, graph.int64([0, 0, before[0]!, 0, before[1]!, 0, 0, after[0]!, 0, after[1]!])],
        [groups, images, reach[0], interleaved, columns],
      );
  if (bands === 1) return graph.reshape(padded, [groups, images, reach[0] * interleaved, columns]);
  const rows = strides[0] * (output[0] / bands - 1) + kernel[0];
  const overlapping = Array.from(
    { length: bands * rows },
    (_, index) => Math.floor(index / rows) * strides[0] * (output[0] / bands) + (index % rows),
  );
  const cut = graph.node('Gather', [padded, graph.int64(overlapping)], [groups, images, bands * rows, 1, columns], {
    attributes: { axis: 2 },
  });
  return graph.reshape(cut, [groups, images * bands, rows, columns]);
}

/** dy as a filter of kernel layout: [O / B, images · bands, rows, columns, B]. */
function filterOf(
  graph: GraphBuilder,
  y: OnnxValue,
  { batch, outputs, output }: Geometry,
  { interleaved, bands }: Plan,
  block: BlockSize,
): OnnxValue {
  const [height, width] = output;
  const images = batch / interleaved;
  const split = graph.reshape(y, [images, interleaved, outputs / block, height, width * block]);
  return graph.reshape(moveAxes(graph, split, [2, 0, 3, 1, 4]), [
    outputs / block,
    images * bands,
    (height / bands) * interleaved,
    width,
    block,
  ]);
}

/** Sum of the convolutions of parts of the channels: as many as fit a convolution that reads channels one by one. */
function correlate(
  graph: GraphBuilder,
  image: OnnxValue,
  filter: OnnxValue,
  geometry: Geometry,
  { interleaved }: Plan,
  block: BlockSize,
): OnnxValue {
  const { groups, perGroup, outputs, kernel, strides } = geometry;
  const channels = image.shape[1]!;
  const window = filter.shape.slice(2, 4);
  const parts = Math.ceil(channels / (block - 1));
  const shape = [groups, outputs, kernel[0], kernel[1] * perGroup];
  let sum: OnnxValue | undefined;
  for (let part = 0; part < parts; part++) {
    const [from, to] = [Math.floor((channels * part) / parts), Math.floor((channels * (part + 1)) / parts)];
    const piece = (value: OnnxValue): OnnxValue => graph.slice(value, [from], [to], [1]);
    sum = blockedConv(graph, piece(image), graph.reshape(piece(filter), [outputs, to - from, ...window]), shape, {
      kernel: window,
      strides: [interleaved, 1],
      dilation: [strides[0], strides[1] * perGroup],
      ...(sum === undefined ? {} : { sum }),
    });
  }
  return sum!;
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
  const plan = planFor(batch, extents[0], extents[1], strides[0]!, block);
  const image = imageOf(graph, x, geometry, plan);
  const filter = filterOf(graph, y, geometry, plan, block);
  const products = correlate(graph, image, filter, geometry, plan, block);
  const [rows, columns] = taps.count as [number, number];
  const shape = [geometry.groups, outputs / block, rows * columns, perGroup * block];
  return { products: graph.reshape(products, shape), taps };
}
