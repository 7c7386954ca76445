import type { Shape } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import type { BlockSize } from './Layout.js';
import { blockedConv } from './nchwc.js';
import { type UsefulTaps, usefulTaps } from './usefulTaps.js';

/** Operands of the gradient of a convolution of volumes in its kernel, at stride 1. */
export interface SliceCorrelation {
  /** [D · N, C, H, W], blocked. */
  readonly x: OnnxValue;
  /** [slices · N, O, H, W], blocked, with what slices of zeros `source` needs. */
  readonly y: OnnxValue;
  readonly batch: number;
  readonly window: Shape;
  readonly padding: readonly (readonly [number, number])[];
  readonly depthTaps: number;
  /** The slice of `y` that a tap along the depth connects with a slice of x. */
  source(slice: number, tap: number): number;
}

/** Products one kernel row adds up before it stores them, as in `correlateMaps`. */
const FEWEST_PRODUCTS = 512;
const MOST_PRODUCTS = 2048;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** How many maps have their rows interleaved, and how many bands each map is cut into. */
function planFor(
  maps: number,
  height: number,
  width: number,
  block: BlockSize,
): { readonly interleaved: number; readonly bands: number } {
  const divisors = (count: number): number[] =>
    range(count + 1).filter((candidate) => candidate > 0 && count % candidate === 0);
  const bands = divisors(height).find((count) => (height / count) * width <= MOST_PRODUCTS) ?? height;
  if (bands > 1) return { interleaved: 1, bands };
  const isEnough = (count: number): boolean => maps / count < block && height * width * count >= FEWEST_PRODUCTS;
  return { interleaved: divisors(maps).find(isEnough) ?? maps, bands };
}

/** Rows of a value that lie one after the other in memory, in the listed order. Gather copies on all threads, Transpose and Pad on one. */
function takeRows(
  graph: GraphBuilder,
  x: OnnxValue,
  length: number,
  order: readonly number[],
  shape: Shape,
): OnnxValue {
  const size = x.shape.reduce((product, extent) => product * extent, 1);
  const rows = graph.reshape(x, [size / length, length]);
  return graph.reshape(graph.node('Gather', [rows, graph.int64(order)], [order.length, length]), shape);
}

/**
 * As `correlateMaps` for all taps along the depth at once: the slices of dy that they connect with a slice of x are its output channels, of
 * which many keep the engine's kernel busy. Gives [C/B, taps along the depth, O/B, taps of a slice, B · B].
 */
export function correlateSlices(
  graph: GraphBuilder,
  { x, y, batch, window, padding, depthTaps, source }: SliceCorrelation,
  block: BlockSize,
): { readonly products: OnnxValue; readonly taps: UsefulTaps } {
  const [maps, channels, height, width] = x.shape as [number, number, number, number];
  const [, outputs, outputHeight, outputWidth] = y.shape as [number, number, number, number];
  const ones = { strides: [1, 1], dilation: [1, 1], padding };
  const taps = usefulTaps([height, width], window, [outputHeight, outputWidth], ones);
  const [tapRows, tapColumns] = taps.count as [number, number];
  const [groups, outputBlocks] = [channels / block, outputs / block];
  const { interleaved, bands } = planFor(maps, outputHeight, outputWidth, block);

  const [tall, wide] = [outputHeight + tapRows - 1, outputWidth + tapColumns - 1];
  const [low, left] = taps.low as [number, number];
  const split = graph.reshape(x, [maps * groups, height, width * block]);
  const pads = [0, low, left * block, 0, tall - low - height, (wide - left - width) * block];
  const padded = pads.every((amount) => amount === 0)
    ? split
    : graph.node('Pad', [split, graph.int64(pads)], [maps * groups, tall, wide * block]);

  const bandRows = outputHeight / bands;
  const rows = bandRows + tapRows - 1;
  const columns = wide * block;
  const strips = range(maps / interleaved).flatMap((image) => range(bands).map((band) => ({ image, band })));
  const mapsOf = (image: number): number[] => range(interleaved).map((index) => image * interleaved + index);
  const imageOf = (part: typeof strips): OnnxValue => {
    const order = range(groups).flatMap((group) =>
      part.flatMap(({ image, band }) =>
        range(rows).flatMap((row) => mapsOf(image).map((map) => (map * groups + group) * tall + band * bandRows + row)),
      ),
    );
    return takeRows(graph, padded, columns, order, [groups, part.length, rows * interleaved, columns]);
  };
  const filterOf = (part: typeof strips): OnnxValue => {
    // Whole bands where their rows are not interleaved with those of other maps.
    const [run, runs] = interleaved === 1 ? [bandRows, bands] : [1, outputHeight];
    const order = range(depthTaps).flatMap((tap) =>
      range(outputBlocks).flatMap((output) =>
        part.flatMap(({ image, band }) =>
          range(bandRows / run).flatMap((row) =>
            mapsOf(image).map((map) => {
              const slice = source(Math.floor(map / batch), tap) * batch + (map % batch);
              return (slice * outputBlocks + output) * runs + band + row;
            }),
          ),
        ),
      ),
    );
    const shape = [depthTaps * outputs, part.length, bandRows * interleaved, outputWidth];
    return takeRows(graph, y, run * outputWidth * block, order, shape);
  };

  const parts = Math.ceil(strips.length / (block - 1));
  const shape = [groups, depthTaps * outputs, tapRows, tapColumns * block];
  let sum: OnnxValue | undefined;
  for (let part = 0; part < parts; part++) {
    const own = strips.slice(
      Math.floor((strips.length * part) / parts),
      Math.floor((strips.length * (part + 1)) / parts),
    );
    sum = blockedConv(graph, imageOf(own), filterOf(own), shape, {
      kernel: [bandRows * interleaved, outputWidth],
      strides: [interleaved, 1],
      dilation: [1, block],
      ...(sum === undefined ? {} : { sum }),
    });
  }
  const products = graph.reshape(sum!, [groups, depthTaps, outputBlocks, tapRows * tapColumns, block * block]);
  return { products, taps };
}
