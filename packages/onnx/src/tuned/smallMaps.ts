import { type Aval, type ConvAttrs, type Shape, sizeOf, type ValueId } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import { fitsLayout } from './Layout.js';
import { moveAxes } from './moveAxes.js';
import type { TunedStep } from './TunedStep.js';

/** Largest maps, in pixels, that are worth a matrix product per tap: at 16 pixels gathering rows and smaller updates eat the gain. */
const LARGEST_OUTPUT = 4;
/** Fewest channels that make a matrix product efficient. */
const FEWEST_CHANNELS = 32;
/** Largest share of the window's products that may be useful: beyond it the engine's convolution wastes too little. */
const LARGEST_SHARE = 0.7;

/** Input and output positions, row-major indices, that a tap connects: pair by pair. */
interface TapPairs {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function pairsPerTap(
  input: Shape,
  window: Shape,
  output: Shape,
  { strides, padding, dilation }: ConvAttrs,
): readonly TapPairs[] {
  const [height, width] = input as [number, number];
  const taps: TapPairs[] = [];
  for (let row = 0; row < window[0]!; row++) {
    for (let column = 0; column < window[1]!; column++) {
      const [from, to]: [number[], number[]] = [[], []];
      for (let index = 0; index < sizeOf(output); index++) {
        const y = Math.floor(index / output[1]!) * strides[0]! + row * dilation[0]! - padding[0]![0];
        const x = (index % output[1]!) * strides[1]! + column * dilation[1]! - padding[1]![0];
        if (y < 0 || x < 0 || y >= height || x >= width) continue;
        from.push(y * width + x);
        to.push(index);
      }
      taps.push({ from, to });
    }
  }
  return taps;
}

/**
 * Whether a convolution is better computed as a matrix product per tap: on maps of a few pixels most of a window lies in the padding, which
 * the engine's convolution multiplies with. At 2×2 pixels a 3×3 window has 16 useful products of 36.
 */
export function suitsTaps(x: Aval, kernel: Aval, y: Aval, attrs: ConvAttrs): boolean {
  if (x.dtype !== 'float32' || x.shape.length !== 4 || attrs.groups !== 1) return false;
  const [input, window, output] = [x.shape.slice(2), kernel.shape.slice(2), y.shape.slice(2)];
  const channels = Math.min(kernel.shape[0]!, kernel.shape[1]!);
  if (channels < FEWEST_CHANNELS || sizeOf(window) === 1 || sizeOf(output) > LARGEST_OUTPUT) return false;
  const useful = pairsPerTap(input, window, output, attrs).reduce((count, { from }) => count + from.length, 0);
  return useful > 0 && useful <= LARGEST_SHARE * sizeOf(output) * sizeOf(window);
}

/** An activation as [positions, N, channels]. */
function byPosition(step: TunedStep, id: ValueId): OnnxValue {
  const { graph, block, values } = step;
  return step.remember(`positions:${id}`, () => {
    const aval = step.aval(id);
    const [batch, channels, height, width] = aval.shape as [number, number, number, number];
    const area = height * width;
    if (!fitsLayout(aval, 'blocked', block) || step.layoutOf(id) !== 'blocked') {
      return moveAxes(graph, graph.reshape(values.get(id, 'plain'), [batch, channels, area]), [2, 0, 1]);
    }
    const split = graph.reshape(values.get(id, 'blocked'), [batch, channels / block, area, block]);
    return graph.reshape(moveAxes(graph, split, [2, 0, 1, 3]), [area, batch, channels]);
  });
}

function defineFromPositions(step: TunedStep, id: ValueId, value: OnnxValue): void {
  const { graph, block, values } = step;
  const aval = step.aval(id);
  const [batch, channels, height, width] = aval.shape as [number, number, number, number];
  const area = height * width;
  if (!fitsLayout(aval, 'blocked', block) || step.layoutOf(id) !== 'blocked') {
    const plain = moveAxes(graph, graph.reshape(value, [area, batch, channels]), [1, 2, 0]);
    values.define(id, graph.reshape(plain, aval.shape), 'plain');
    return;
  }
  const split = graph.reshape(value, [area, batch, channels / block, block]);
  values.define(id, graph.reshape(moveAxes(graph, split, [1, 2, 0, 3]), aval.shape), 'blocked');
}

/** Rows of the listed positions: [positions · N, channels]. */
function rowsAt(step: TunedStep, id: ValueId, positions: readonly number[]): OnnxValue {
  const { graph } = step;
  const all = byPosition(step, id);
  const [, batch, channels] = all.shape as [number, number, number];
  return step.remember(`rows:${id}:${positions.join()}`, () => {
    const [first] = positions as [number];
    const isRange = positions.every((position, index) => position === first + index);
    const picked = isRange
      ? graph.slice(all, [first], [first + positions.length], [0])
      : graph.node('Gather', [all, graph.int64(positions)], [positions.length, batch, channels]);
    return graph.reshape(picked, [positions.length * batch, channels]);
  });
}

/** Adds the products of all taps up at their positions: a product with a matrix of zeros and ones. */
function sumAt(
  step: TunedStep,
  products: readonly OnnxValue[],
  positions: readonly number[],
  area: number,
  batch: number,
): OnnxValue {
  const { graph } = step;
  const perPosition = products.map((product) => {
    const width = batch * product.shape[1]!;
    return graph.reshape(product, [sizeOf(product.shape) / width, width]);
  });
  const width = perPosition[0]!.shape[1]!;
  if (products.length === 1 && positions.length === area && positions.every((position, index) => position === index))
    return perPosition[0]!;
  const stacked =
    products.length === 1
      ? perPosition[0]!
      : graph.node('Concat', perPosition, [positions.length, width], { attributes: { axis: 0 } });
  const selection = step.remember(`selection:${area}:${positions.join()}`, () => {
    const data = new Float32Array(area * positions.length);
    positions.forEach((position, index) => (data[position * positions.length + index] = 1));
    return graph.constant({ dtype: 'float32', shape: [area, positions.length], data });
  });
  return graph.node('MatMul', [selection, stacked], [area, width]);
}

function product(step: TunedStep, a: OnnxValue, b: OnnxValue, transposed: 'transA' | 'transB' | 'none'): OnnxValue {
  const rows = a.shape[transposed === 'transA' ? 1 : 0]!;
  const columns = b.shape[transposed === 'transB' ? 0 : 1]!;
  return step.graph.node('Gemm', [a, b], [rows, columns], {
    attributes: transposed === 'none' ? {} : { [transposed]: 1 },
  });
}

function areaOf(step: TunedStep, id: ValueId): number {
  return sizeOf(step.aval(id).shape.slice(2));
}

interface Operands {
  readonly x: ValueId;
  readonly kernel: ValueId;
  readonly y: ValueId;
}

function tapsOf(step: TunedStep, { x, kernel, y }: Operands, attrs: ConvAttrs): readonly TapPairs[] {
  const extents = (id: ValueId): Shape => step.aval(id).shape.slice(2);
  return pairsPerTap(extents(x), extents(kernel), extents(y), attrs);
}

/** Whether the kernel is held as one matrix per tap and this convolution has use for it. */
export function usesTaps(step: TunedStep, { x, kernel, y }: Operands, attrs: ConvAttrs): boolean {
  return step.layoutOf(kernel) === 'taps' && suitsTaps(step.aval(x), step.aval(kernel), step.aval(y), attrs);
}

/** y[to] += x[from] · tapᵀ */
export function convByTaps(step: TunedStep, operands: Operands, attrs: ConvAttrs): void {
  const { x, kernel, y } = operands;
  const matrices = step.values.taps(kernel);
  const pairs = tapsOf(step, operands, attrs)
    .map((tap, index) => ({ ...tap, matrix: matrices[index]! }))
    .filter(({ from }) => from.length > 0);
  const products = pairs.map(({ from, matrix }) => product(step, rowsAt(step, x, from), matrix, 'transB'));
  const sum = sumAt(
    step,
    products,
    pairs.flatMap(({ to }) => to),
    areaOf(step, y),
    step.aval(x).shape[0]!,
  );
  defineFromPositions(step, y, sum);
}

/** x[from] += y[to] · tap */
export function inputGradByTaps(step: TunedStep, operands: Operands, attrs: ConvAttrs): void {
  const { x, kernel, y } = operands;
  const matrices = step.values.taps(kernel);
  const pairs = tapsOf(step, operands, attrs)
    .map((tap, index) => ({ ...tap, matrix: matrices[index]! }))
    .filter(({ from }) => from.length > 0);
  const products = pairs.map(({ to, matrix }) => product(step, rowsAt(step, y, to), matrix, 'none'));
  const sum = sumAt(
    step,
    products,
    pairs.flatMap(({ from }) => from),
    areaOf(step, x),
    step.aval(y).shape[0]!,
  );
  defineFromPositions(step, x, sum);
}

/** tap = y[to]ᵀ · x[from]; a tap that only ever sees padding has no gradient. */
export function kernelGradByTaps(step: TunedStep, operands: Operands, attrs: ConvAttrs): void {
  const { graph } = step;
  const { x, kernel, y } = operands;
  const matrix = step.aval(kernel).shape.slice(0, 2);
  const zeros = (): OnnxValue =>
    step.remember(`zeros:${matrix.join()}`, () => graph.node('Expand', [graph.scalar(0), graph.int64(matrix)], matrix));
  const gradients = tapsOf(step, operands, attrs).map(({ from, to }) =>
    from.length === 0 ? zeros() : product(step, rowsAt(step, y, to), rowsAt(step, x, from), 'transA'),
  );
  step.values.define(kernel, gradients, 'taps');
}
