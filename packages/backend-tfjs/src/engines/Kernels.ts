import type { engine, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '@delira/core';
import type { EngineTraits } from './EngineTraits.js';
import { mergeBroadcast, mergeFullAxes, mergeTransposed } from './mergeAxes.js';

export type TensorflowEngine = ReturnType<typeof engine>;

/** Low and high extents added to each axis; negative ones cut off. */
export type SignedPadding = readonly (readonly [low: number, high: number])[];

/**
 * The kernels of one engine, called without tfjs's automatic differentiation. Axes are merged where the result is the same: engines are fast,
 * or implemented at all, for few axes only. What is made inside of a scope and not kept is disposed with it.
 */
export class Kernels {
  /** Shapes in which data have been right factors. */
  readonly #factors = new WeakMap<object, string>();

  constructor(
    readonly engine: TensorflowEngine,
    readonly traits: EngineTraits,
  ) {}

  run(kernel: string, inputs: Readonly<Record<string, TensorInfo>> | readonly Tensor[], attrs: object = {}): Tensor {
    return this.engine.runKernel<Tensor>(kernel, inputs as never, attrs as never);
  }

  /** Another handle of the same data, with its own life. */
  clone(x: Tensor): Tensor {
    // `Identity` copies, on some engines.
    return this.run('Reshape', { x }, { shape: [...x.shape] });
  }

  reshape(x: Tensor, shape: Shape): Tensor {
    return sameExtents(x.shape, shape) ? x : this.run('Reshape', { x }, { shape: [...shape] });
  }

  /** Axis i of the result is axis perm[i] of x. */
  transpose(x: Tensor, perm: readonly number[]): Tensor {
    const shape = perm.map((axis) => x.shape[axis]!);
    const merged = mergeTransposed(x.shape, perm);
    if (merged.perm.length < 2) return this.reshape(x, shape);
    if (x.dtype === 'bool' && !this.traits.castConverts)
      return this.cast(this.transpose(this.cast(x, 'float32'), perm), 'bool');
    // Up to four axes engines have loops of their own for, which are not slower than those for fewer.
    if (perm.length <= 4) return this.run('Transpose', { x }, { perm: [...perm] });
    const moved = this.run('Transpose', { x: this.reshape(x, merged.shape) }, { perm: [...merged.perm] });
    return this.reshape(moved, shape);
  }

  slice(x: Tensor, begin: Shape, size: Shape): Tensor {
    if (sameExtents(x.shape, size)) return x;
    const merged = mergeFullAxes(
      x.shape,
      begin.map((first, axis) => [first, x.shape[axis]! - first - size[axis]!] as const),
    );
    const cut = this.run(
      'Slice',
      { x: this.reshape(x, merged.shape) },
      {
        begin: merged.margins.map(([low]) => low),
        size: merged.shape.map((extent, axis) => extent - merged.margins[axis]![0] - merged.margins[axis]![1]),
      },
    );
    return this.reshape(cut, size);
  }

  /** Adds `value` around x, or cuts off where the padding is negative. */
  pad(x: Tensor, padding: SignedPadding, value = 0): Tensor {
    const begin = padding.map(([low]) => Math.max(0, -low));
    const size = x.shape.map((extent, axis) => extent - begin[axis]! - Math.max(0, -padding[axis]![1]));
    const cut = this.slice(x, begin, size);
    const added = padding.map(([low, high]) => [Math.max(0, low), Math.max(0, high)] as const);
    if (added.every(([low, high]) => low === 0 && high === 0)) return cut;
    const shape = size.map((extent, axis) => extent + added[axis]![0] + added[axis]![1]);
    const merged = mergeFullAxes(cut.shape, added);
    const paddings = merged.margins.map(([low, high]) => [low, high]);
    const padded = this.run('PadV2', { x: this.reshape(cut, merged.shape) }, { paddings, constantValue: value });
    return this.reshape(padded, shape);
  }

  concat(parts: readonly Tensor[], axis: number): Tensor {
    if (parts.length === 1) return parts[0]!;
    const outer = sizeOf(parts[0]!.shape.slice(0, axis));
    const inner = sizeOf(parts[0]!.shape.slice(axis + 1));
    const rows = parts.map((part) => this.reshape(part, [outer, part.shape[axis]! * inner]));
    const joined = this.run('Concat', rows, { axis: 1 });
    const extent = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    return this.reshape(
      joined,
      parts[0]!.shape.map((other, index) => (index === axis ? extent : other)),
    );
  }

  /** x with the order of its first axis turned around. */
  reversed(x: Tensor): Tensor {
    const [count, ...rest] = x.shape as [number, ...number[]];
    const rows = Array.from({ length: count }, (_, row) =>
      this.slice(x, [count - 1 - row, ...rest.map(() => 0)], [1, ...rest]),
    );
    return this.concat(rows, 0);
  }

  /** The elements `offset + i · stride` along an axis, for i below `count`; the axis must reach (offset / stride + count) · stride. */
  subsample(x: Tensor, axis: number, offset: number, stride: number, count: number): Tensor {
    const { shape } = x;
    const extents = shape.map((extent, index) => (index === axis ? count : extent));
    if (stride === 1) {
      return this.slice(
        x,
        shape.map((_, index) => (index === axis ? offset : 0)),
        extents,
      );
    }
    // Strided slices are slow: a plain slice of blocks is the same.
    const blocks = [sizeOf(shape.slice(0, axis)), shape[axis]! / stride, stride, sizeOf(shape.slice(axis + 1))];
    const [first, phase] = [Math.floor(offset / stride), offset % stride];
    const cut = this.slice(this.reshape(x, blocks), [0, first, phase, 0], [blocks[0]!, count, 1, blocks[3]!]);
    return this.reshape(cut, extents);
  }

  /** An elementwise kernel of two operands, broadcasting. */
  binary(kernel: string, a: Tensor, b: Tensor): Tensor {
    if (sameExtents(a.shape, b.shape) || a.size === 1 || b.size === 1 || Math.max(a.rank, b.rank) <= 2)
      return this.run(kernel, { a, b });
    const merged = mergeBroadcast(a.shape, b.shape);
    const result = this.run(kernel, { a: this.reshape(a, merged.a), b: this.reshape(b, merged.b) });
    return this.reshape(result, merged.shape);
  }

  add(a: Tensor, b: Tensor): Tensor {
    return this.binary('Add', a, b);
  }

  sub(a: Tensor, b: Tensor): Tensor {
    return this.binary('Sub', a, b);
  }

  mul(a: Tensor, b: Tensor): Tensor {
    return this.binary('Multiply', a, b);
  }

  div(a: Tensor, b: Tensor): Tensor {
    return this.binary('RealDiv', a, b);
  }

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32'): Tensor {
    return this.fill([], value, dtype);
  }

  fill(shape: Shape, value: number, dtype: 'float32' | 'int32' | 'bool' = 'float32'): Tensor {
    const data = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array;
    return this.engine.makeTensor(new data(sizeOf(shape)).fill(value), [...shape], dtype);
  }

  /** Repeats x, whose axes are those of `shape` or 1; numbers only. */
  expand(x: Tensor, shape: Shape): Tensor {
    if (sameExtents(x.shape, shape)) return x;
    if (x.dtype === 'bool') return this.cast(this.expand(this.cast(x, 'int32'), shape), 'bool');
    return this.mul(x, this.fill(shape, 1, x.dtype as 'float32' | 'int32'));
  }

  cast(x: Tensor, dtype: 'float32' | 'int32' | 'bool'): Tensor {
    if (x.dtype === dtype) return x;
    const converted = this.run('Cast', { x }, { dtype });
    return dtype === 'float32' && !this.traits.castConverts ? this.mul(converted, this.scalar(1)) : converted;
  }

  /** condition ? t : e, all of one shape. */
  select(condition: Tensor, t: Tensor, e: Tensor): Tensor {
    if (t.dtype === 'float32') {
      // WebGPU has it for up to four axes.
      const flat = (x: Tensor): Tensor => this.reshape(x, [x.size]);
      return this.reshape(this.run('Select', { condition: flat(condition), t: flat(t), e: flat(e) }), t.shape);
    }
    // WebGPU takes the bits of integers for those of floats.
    const taken = this.cast(condition, 'int32');
    const [ofT, ofE] = [this.cast(t, 'int32'), this.cast(e, 'int32')];
    const chosen = this.add(ofE, this.mul(taken, this.sub(ofT, ofE)));
    return this.cast(chosen, t.dtype as 'int32' | 'bool');
  }

  /** a [M, K] · b [K, N] */
  matmul(a: Tensor, b: Tensor): Tensor {
    const [rows, depth] = a.shape as [number, number];
    const columns = b.shape[1]!;
    const product = this.run(
      'BatchMatMul',
      { a: this.reshape(a, [1, rows, depth]), b: this.reshape(this.#factor(b), [1, depth, columns]) },
      { transposeA: false, transposeB: false },
    );
    return this.reshape(product, [rows, columns]);
  }

  /** tfjs's wasm prepares a right factor once for its data, and reads past it when the same data come in another shape. */
  #factor(b: Tensor): Tensor {
    const shape = b.shape.join();
    const before = this.#factors.get(b.dataId);
    if (before !== undefined && before !== shape) return this.mul(b, this.scalar(1));
    this.#factors.set(b.dataId, shape);
    return b;
  }

  sum(x: Tensor, axes: readonly number[]): Tensor {
    if (axes.length === 0) return x;
    return this.run('Sum', { x }, { axis: [...axes], keepDims: false });
  }

  /** Means of the columns of x [rows, columns]: [columns]. */
  columnMeans(x: Tensor): Tensor {
    const [rows, columns] = x.shape as [number, number];
    // Two rounds: fewer rounding errors add up, and sums that nearly cancel keep their digits.
    const parts = divisorNear(rows, Math.sqrt(rows));
    if (!this.traits.xnnpack) {
      const sums = this.sum(this.reshape(x, [parts, rows / parts, columns]), [1]);
      return this.mul(this.sum(sums, [0]), this.scalar(1 / rows));
    }
    const average = (map: Tensor): Tensor =>
      this.run(
        'AvgPool',
        { x: map },
        { filterSize: [map.shape[1]!, 1], strides: [1, 1], pad: 'valid', dimRoundingMode: null },
      );
    const first = average(this.reshape(x, [parts, rows / parts, 1, columns]));
    return this.reshape(average(this.reshape(first, [1, parts, 1, columns])), [columns]);
  }

  columnSums(x: Tensor): Tensor {
    return this.mul(this.columnMeans(x), this.scalar(x.shape[0]!));
  }
}

function sameExtents(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** The divisor of `value` that is nearest to `target` from below. */
function divisorNear(value: number, target: number): number {
  for (let divisor = Math.max(1, Math.floor(target)); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
}
