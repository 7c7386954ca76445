import { ArgumentError, DTypeError } from '../errors/index.js';
import { type DType, formatShape, normalizeAxes, sameShape, scalar, type Shape, sizeOf } from '../ndarray/index.js';
import type { Aval, NoAttrs, PrimitiveName, Primitives, ValueId } from '../ir/index.js';
import { currentTrace } from './currentTrace.js';

/**
 * A symbolic value of the trace that is being recorded: it has a shape and a dtype, and no numbers. Arithmetic broadcasts as NumPy
 * does; a plain number takes the dtype of the tensor beside it.
 */
export class Tensor implements Aval {
  constructor(
    readonly id: ValueId,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {}

  add(other: Tensor | number): Tensor {
    return binary('add', this, other);
  }
  sub(other: Tensor | number): Tensor {
    return binary('sub', this, other);
  }
  mul(other: Tensor | number): Tensor {
    return binary('mul', this, other);
  }
  div(other: Tensor | number): Tensor {
    return binary('div', this, other);
  }
  neg(): Tensor {
    return bind('neg', [this], {});
  }
  exp(): Tensor {
    return bind('exp', [this], {});
  }
  log(): Tensor {
    return bind('log', [this], {});
  }
  sqrt(): Tensor {
    return bind('sqrt', [this], {});
  }
  relu(): Tensor {
    return bind('relu', [this], {});
  }
  matmul(other: Tensor): Tensor {
    return bind('matmul', [this, other], {});
  }

  /** One extent may be -1: it is worked out from the others. */
  reshape(shape: Shape): Tensor {
    const target = inferExtent(this.shape, shape);
    return sameShape(target, this.shape) ? this : bind('reshape', [this], { shape: target });
  }
  transpose(perm: Shape): Tensor {
    return perm.every((axis, index) => axis === index) && perm.length === this.shape.length
      ? this
      : bind('transpose', [this], { perm });
  }
  broadcastTo(shape: Shape): Tensor {
    return sameShape(shape, this.shape) ? this : bind('broadcastTo', [this], { shape });
  }
  cast(dtype: DType): Tensor {
    return dtype === this.dtype ? this : bind('cast', [this], { dtype });
  }
  /** Sum over `axes` (default all); with `keepDims` the summed axes stay with extent 1. */
  sum(axes: Shape = this.shape.map((_, axis) => axis), options: { readonly keepDims?: boolean } = {}): Tensor {
    const normalized = normalizeAxes(axes, this.shape.length);
    const summed = normalized.length === 0 ? this : bind('reduceSum', [this], { axes: normalized });
    return options.keepDims === true
      ? summed.reshape(this.shape.map((extent, axis) => (normalized.includes(axis) ? 1 : extent)))
      : summed;
  }
  mean(axes: Shape = this.shape.map((_, axis) => axis), options: { readonly keepDims?: boolean } = {}): Tensor {
    const count = sizeOf(normalizeAxes(axes, this.shape.length).map((axis) => this.shape[axis]!));
    return this.sum(axes, options).mul(1 / count);
  }
  stopGradient(): Tensor {
    return bind('stopGradient', [this], {});
  }
  toString(): string {
    return `%${this.id}: ${this.dtype}${formatShape(this.shape)}`;
  }
}

type SingleOutput = Exclude<PrimitiveName, 'batchNorm' | 'batchNormGrad'>;

/** Records one primitive with one output. */
export function bind<P extends SingleOutput>(prim: P, inputs: readonly Tensor[], attrs: Primitives[P]): Tensor {
  return currentTrace().bind(prim, inputs, attrs)[0]!;
}

/** Records one primitive; all its outputs. */
export function bindAll<P extends PrimitiveName>(
  prim: P,
  inputs: readonly Tensor[],
  attrs: Primitives[P],
): readonly Tensor[] {
  return currentTrace().bind(prim, inputs, attrs);
}

/** A scalar constant of the dtype given. A float32 one keeps the number's full precision for backends that compute in float64. */
export function constant(value: number, dtype: DType): Tensor {
  return currentTrace().constant(scalar(value, dtype === 'float32' ? 'float64' : dtype), dtype);
}

type BinaryName = { [P in PrimitiveName]: Primitives[P] extends NoAttrs ? P : never }[PrimitiveName] &
  ('add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'pow');

export function binary(prim: BinaryName, left: Tensor | number, right: Tensor | number): Tensor {
  const [a, b] = liftPair(left, right, prim);
  return bind(prim, [a, b], {});
}

/** Turns a number beside a tensor into a constant of its dtype. */
export function liftPair(left: Tensor | number, right: Tensor | number, what: string): readonly [Tensor, Tensor] {
  if (typeof left === 'number') {
    if (typeof right === 'number') throw new ArgumentError(`${what} of two numbers: one operand must be a tensor.`);
    return [constant(left, right.dtype), right];
  }
  if (typeof right === 'number') return [left, constant(right, left.dtype)];
  if (left.dtype !== right.dtype)
    throw new DTypeError(
      `${what} takes operands of one dtype, got ${left.dtype} and ${right.dtype}. Cast one of them.`,
    );
  return [left, right];
}

function inferExtent(from: Shape, to: Shape): Shape {
  const unknown = to.indexOf(-1);
  if (unknown === -1) return to;
  const known = to.reduce((product, extent, axis) => (axis === unknown ? product : product * extent), 1);
  const extent = known === 0 ? 0 : sizeOf(from) / known;
  return to.map((value, axis) => (axis === unknown ? extent : value));
}
