import { type Aval, type PoolAttrs, type Shape, sizeOf, type ValueId } from '@delira/core';
import type { GraphBuilder, OnnxValue } from '../lowering/GraphBuilder.js';
import { castTo } from '../portable/elementwise.js';
import { type BlockSize, fitsLayout } from './Layout.js';
import { asMaps } from './maps.js';
import { NCHWC, pads } from './nchwc.js';
import type { TunedLowering, TunedStep } from './TunedStep.js';

/** Windows of 2, or of 3 padded by 1, at stride 2: what the gradient below covers. */
export function poolsInBlocks(x: Aval, { window, strides, padding }: PoolAttrs, block: BlockSize): boolean {
  if (!fitsLayout(x, 'blocked', block) || !strides.every((stride) => stride === 2)) return false;
  const [extent] = window as [number];
  const amounts = padding.flat();
  return (
    window.every((other) => other === extent) &&
    ((extent === 2 && amounts.every((amount) => amount === 0)) ||
      (extent === 3 && amounts.every((amount) => amount === 1)))
  );
}

function pool(graph: GraphBuilder, x: OnnxValue, { window, strides, padding }: PoolAttrs, shape: Shape): OnnxValue {
  return graph.node('MaxPool', [x], shape, {
    domain: NCHWC,
    attributes: { kernel_shape: window, strides, pads: pads(padding) },
  });
}

/** The two axes within the slices of a volume. */
function withinSlices({ window, strides, padding }: PoolAttrs): PoolAttrs {
  return { window: window.slice(-2), strides: strides.slice(-2), padding: padding.slice(-2) };
}

/** Maxima within each slice of a volume: maps [D · N, C, h, w]. The gradient needs them again. */
function poolSlices(step: TunedStep, x: ValueId, attrs: PoolAttrs, [, channels, , height, width]: Shape): OnnxValue {
  const { graph, values } = step;
  return step.remember(`pooled slices:${x}:${attrs.window.join()}`, () => {
    const maps = asMaps(graph, values.get(x, 'blocked'));
    return pool(graph, maps, withinSlices(attrs), [maps.shape[0]!, channels!, height!, width!]);
  });
}

/** Maxima of slices along the depth, at stride 2: window 2, or 3 padded by 1. */
function poolDepth(graph: GraphBuilder, slices: OnnxValue, window: number, shape: Shape): OnnxValue {
  const [batch, channels, depth, height, width] = shape as [number, number, number, number, number];
  const size = batch * channels * height * width;
  const given = slices.shape[0]! / batch;
  const rows = graph.reshape(slices, [1, given, size]);
  const pairs = graph.reshape(resize(graph, rows, 2 * depth, -Infinity), [depth, 2, size]);
  const half = { shape: [depth, 1, size], dtype: slices.dtype };
  const [even, odd] = graph.nodes('Split', [pairs], [half, half], { attributes: { axis: 1 } }) as [
    OnnxValue,
    OnnxValue,
  ];
  const largest = graph.node('Max', [even, odd], half.shape);
  if (window === 2) return graph.reshape(largest, shape);
  const previous = shift(graph, graph.reshape(odd, [1, depth, size]), 1, -Infinity);
  return graph.reshape(graph.node('Max', [graph.reshape(largest, previous.shape), previous], previous.shape), shape);
}

export const tunedMaxPool: TunedLowering<PoolAttrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, values } = step;
  const [x] = inputs as [number];
  const output = outputs[0]!;
  if (!poolsInBlocks(step.aval(x), attrs, step.block)) return false;
  const { shape } = step.aval(output);
  const pooled =
    shape.length === 5
      ? poolDepth(graph, poolSlices(step, x, attrs, shape), attrs.window[0]!, shape)
      : pool(graph, values.get(x, 'blocked'), attrs, shape);
  values.define(output, pooled, 'blocked');
  return true;
};

/** x [A, extent, I] moved by `rows` along the middle axis; what moves in is `fill`, what moves out is lost. */
function shift(graph: GraphBuilder, x: OnnxValue, rows: number, fill: number): OnnxValue {
  return graph.node('Pad', [x, graph.int64([0, rows, 0, 0, -rows, 0]), graph.scalar(fill)], x.shape);
}

function resize(graph: GraphBuilder, x: OnnxValue, extent: number, fill: number): OnnxValue {
  const [outer, given, inner] = x.shape as [number, number, number];
  if (given === extent) return x;
  return graph.node(
    'Pad',
    [x, graph.int64([0, 0, 0, 0, extent - given, 0]), graph.scalar(fill)],
    [outer, extent, inner],
  );
}

/** `grad` where candidate equals maximum, else 0. */
function takeWhereEqual(graph: GraphBuilder, candidate: OnnxValue, maximum: OnnxValue, grad: OnnxValue): OnnxValue {
  const isMaximum = graph.node('Equal', [candidate, maximum], grad.shape, { dtype: 'bool' });
  return graph.binary('Mul', castTo(graph, isMaximum, 'float32'), grad);
}

/**
 * Gradient of pooling along the middle axis of x [A, extent, I] at stride 2: y and grad are [A, count, I]. Each window's gradient goes to
 * its first maximum: candidates take it in order, from what is left; the last one gets the rest without a comparison.
 */
function alongAxis(graph: GraphBuilder, x: OnnxValue, y: OnnxValue, grad: OnnxValue, window: number): OnnxValue {
  const [outer, extent, inner] = x.shape as [number, number, number];
  const count = y.shape[1]!;
  const pairs = graph.reshape(resize(graph, x, 2 * count, -Infinity), [outer, count, 2, inner]);
  const half = [outer, count, 1, inner];
  // Not as one Split: a result that nobody reads would be kept until the step ends.
  const ofPairs = (from: number): OnnxValue => graph.reshape(graph.slice(pairs, [from], [from + 1], [2]), y.shape);
  const even = ofPairs(0);

  let left = grad;
  let intoPrevious: OnnxValue | undefined;
  if (window === 3) {
    intoPrevious = takeWhereEqual(graph, shift(graph, ofPairs(1), 1, -Infinity), y, left);
    left = graph.binary('Sub', left, intoPrevious);
  }
  const intoEven = takeWhereEqual(graph, even, y, left);
  const rest = graph.binary('Sub', left, intoEven);
  const intoOdd = intoPrevious === undefined ? rest : graph.binary('Add', rest, shift(graph, intoPrevious, -1, 0));
  const parts = [intoEven, intoOdd].map((part) => graph.reshape(part, half));
  const joined = graph.node('Concat', parts, pairs.shape, { attributes: { axis: 2 } });
  return resize(graph, graph.reshape(joined, [outer, 2 * count, inner]), extent, 0);
}

/**
 * The first maximum in row-major order lies in the first row whose own maximum is the window's, at its first place there: so the gradient
 * goes to rows first, then to columns. Ties are exact, constant regions included.
 */
function gradWithinMaps(
  graph: GraphBuilder,
  { image, pooled, grad }: Readonly<Record<'image' | 'pooled' | 'grad', OnnxValue>>,
  attrs: PoolAttrs,
  block: BlockSize,
): OnnxValue {
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  const [, , pooledHeight, pooledWidth] = pooled.shape as [number, number, number, number];
  const maps = (batch * channels) / block;
  const window = attrs.window[1]!;
  const horizontal = { window: [1, window], strides: [1, 2], padding: [[0, 0] as const, attrs.padding[1]!] };
  const rowMaxima = pool(graph, image, horizontal, [batch, channels, height, pooledWidth]);
  const byRows = (value: OnnxValue, rows: number): OnnxValue => graph.reshape(value, [maps, rows, pooledWidth * block]);
  const rowGrads = alongAxis(
    graph,
    byRows(rowMaxima, height),
    byRows(pooled, pooledHeight),
    byRows(grad, pooledHeight),
    window,
  );
  const byColumns = (value: OnnxValue, columns: number): OnnxValue =>
    graph.reshape(value, [maps * height, columns, block]);
  const grads = alongAxis(
    graph,
    byColumns(image, width),
    byColumns(rowMaxima, pooledWidth),
    byColumns(rowGrads, pooledWidth),
    window,
  );
  return graph.reshape(grads, image.shape);
}

/** In 3D the gradient goes to slices first: the first slice whose own maximum is the window's. */
export const tunedMaxPoolGrad: TunedLowering<PoolAttrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const [x, y, grad] = inputs as [number, number, number];
  const output = outputs[0]!;
  if (!poolsInBlocks(step.aval(x), attrs, block)) return false;
  const { shape } = step.aval(y);
  const image = values.get(x, 'blocked');
  const given = { image, pooled: values.get(y, 'blocked'), grad: values.get(grad, 'blocked') };
  if (shape.length !== 5) {
    values.define(output, gradWithinMaps(graph, given, attrs, block), 'blocked');
    return true;
  }
  const slices = poolSlices(step, x, attrs, shape);
  const [batch, , depth] = shape as [number, number, number];
  const size = sizeOf(shape) / depth;
  const rows = (value: OnnxValue, count: number): OnnxValue => graph.reshape(value, [1, count, size]);
  const sliceGrads = alongAxis(
    graph,
    rows(slices, slices.shape[0]! / batch),
    rows(given.pooled, depth),
    rows(given.grad, depth),
    attrs.window[0]!,
  );
  const within = { image: asMaps(graph, image), pooled: slices, grad: graph.reshape(sliceGrads, slices.shape) };
  const grads = gradWithinMaps(graph, within, withinSlices(attrs), block);
  values.define(output, graph.reshape(grads, image.shape), 'blocked');
  return true;
};
