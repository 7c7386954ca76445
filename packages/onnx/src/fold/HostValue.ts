import { type NDArray, type Shape, sizeOf } from '@delira/core';

/** A value that needs no input of the network; computed in float64, and only when it is wanted. */
export interface HostValue {
  readonly shape: Shape;
  /** Row-major. */
  readonly data: () => ArrayLike<number>;
  /** Variables it is made of. */
  readonly sources: readonly string[];
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

export const hostValue = (shape: Shape, sources: readonly string[], data: () => ArrayLike<number>): HostValue => ({
  shape,
  sources: [...new Set(sources)],
  data: once(data),
});

export const ofArray = ({ shape, data }: NDArray, sources: readonly string[]): HostValue =>
  hostValue(shape, sources, () => data);

/** Position in an operand of each element of a result it is broadcast to. */
function positions(shape: Shape, result: Shape): (index: number) => number {
  if (sizeOf(shape) === 1) return () => 0;
  if (sizeOf(shape) === sizeOf(result)) return (index) => index;
  const offset = result.length - shape.length;
  const strides = result.map((_, axis) => {
    const own = axis - offset;
    return own < 0 || shape[own] === 1 ? 0 : sizeOf(shape.slice(own + 1));
  });
  return (index) => {
    let [rest, position] = [index, 0];
    for (let axis = result.length - 1; axis >= 0; axis--) {
      position += (rest % result[axis]!) * strides[axis]!;
      rest = Math.floor(rest / result[axis]!);
    }
    return position;
  };
}

/** An elementwise function of one operand or two, broadcast to `shape`. */
export function elementwise(
  operands: readonly HostValue[],
  shape: Shape,
  apply: (a: number, b: number) => number,
): HostValue {
  const sources = operands.flatMap((operand) => operand.sources);
  return hostValue(shape, sources, () => {
    const [a, b = a] = operands.map((operand) => ({ data: operand.data(), at: positions(operand.shape, shape) }));
    return Float64Array.from({ length: sizeOf(shape) }, (_, i) => apply(a!.data[a!.at(i)]!, b!.data[b!.at(i)]!));
  });
}
