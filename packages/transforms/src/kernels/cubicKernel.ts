import {
  assembleFunction,
  type AssembledFunction,
  assembleModule,
  type Code,
  doWhile,
  f32,
  f64x2,
  i32,
  ifElse,
  type Local,
} from './assembler.js';
import { SPLINE_POLE } from './splineFilter.js';

/**
 * Interpolates one row of one channel, at addresses in the kernel's memory: float64 coefficients from `from` on, of which rows lie `stepDown` bytes
 * apart and slices `stepDeep`; the int32 `lower` up to `end` and the float64 shares of a `WarpRow`; the row's float32 `target`.
 */
type CubicRow = (
  from: number,
  stepDown: number,
  stepDeep: number,
  lower: number,
  end: number,
  deep: number,
  down: number,
  across: number,
  target: number,
  fill: number,
) => void;

/** Filters rows of pairs of float64, `step` bytes apart, up to the one at `end`, which is not. */
export type FilterRows = (at: number, end: number, step: number, rowBytes: number) => void;

export interface CubicKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** Sixteen coefficients a voxel. */
  readonly plane: CubicRow;
  /** Sixty-four coefficients a voxel. */
  readonly volume: CubicRow;
  /** Adds the spline's pole times the row before. */
  readonly filterAhead: FilterRows;
  /** The pole times the difference from the row before, which lies behind. */
  readonly filterBack: FilterRows;
}

/** As much of WebAssembly as is used here: TypeScript has its types among those of browsers. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (compiled: object) => { readonly exports: object };
  };
};

let compiled: object | null = null;

/** A kernel with a memory of its own. Compiled once in each thread. */
export function createCubicKernel(): CubicKernel {
  compiled ??= new WebAssembly.Module(assembleModule(functionsOf()));
  return new WebAssembly.Instance(compiled).exports as CubicKernel;
}

function functionsOf(): readonly AssembledFunction[] {
  return [
    rowFunction('plane', 1),
    rowFunction('volume', 4),
    filterFunction('filterAhead'),
    filterFunction('filterBack'),
  ];
}

/** Four coefficients along the width are two pairs of float64: `First` and `Last`. */
function rowFunction(name: 'plane' | 'volume', slices: 1 | 4): AssembledFunction {
  return assembleFunction({
    name,
    parameters: {
      from: 'i32',
      stepDown: 'i32',
      stepDeep: 'i32',
      lower: 'i32',
      end: 'i32',
      deep: 'i32',
      down: 'i32',
      across: 'i32',
      target: 'i32',
      fill: 'f32',
    },
    locals: {
      slice: 'i32',
      at: 'i32',
      share: 'v128',
      outer: 'v128',
      inner: 'v128',
      xFirst: 'v128',
      xLast: 'v128',
      y0: 'v128',
      y1: 'v128',
      y2: 'v128',
      y3: 'v128',
      z0: 'v128',
      z1: 'v128',
      z2: 'v128',
      z3: 'v128',
      planeFirst: 'v128',
      planeLast: 'v128',
      sumFirst: 'v128',
      sumLast: 'v128',
    },
    body: (local) => {
      const { from, stepDown, stepDeep, lower, end, deep, down, across, target, fill } = local;
      const { slice, at, outer, inner, xFirst, xLast, planeFirst, planeLast, sumFirst, sumLast } = local;
      const rows = [local.y0, local.y1, local.y2, local.y3];
      const depths = [local.z0, local.z1, local.z2, local.z3];
      const interpolated = [
        ...(slices === 4 ? [...weigh(deep, local), ...spread(depths, local)] : []),
        ...weigh(down, local),
        ...spread(rows, local),
        ...weigh(across, local),
        ...xFirst.set(f64x2.shuffle(outer.get, inner.get, [0, 2])),
        ...xLast.set(f64x2.shuffle(inner.get, outer.get, [1, 3])),
        ...slice.set(i32.add(from.get, i32.shiftLeft(i32.load(lower.get), i32.constant(3)))),
        ...depths
          .slice(0, slices)
          .flatMap((depth, index) => [
            ...(index > 0 ? advance(slice, stepDeep.get) : []),
            ...at.set(slice.get),
            ...rows.flatMap((row, place) => [
              ...(place > 0 ? advance(at, stepDown.get) : []),
              ...accumulate(planeFirst, row, f64x2.load(at.get), place === 0),
              ...accumulate(planeLast, row, f64x2.load(at.get, 16), place === 0),
            ]),
            ...(slices === 4 ? accumulate(sumFirst, depth, planeFirst.get, index === 0) : sumFirst.set(planeFirst.get)),
            ...(slices === 4 ? accumulate(sumLast, depth, planeLast.get, index === 0) : sumLast.set(planeLast.get)),
          ]),
        ...sumFirst.set(f64x2.add(f64x2.multiply(xFirst.get, sumFirst.get), f64x2.multiply(xLast.get, sumLast.get))),
        ...f32.store(target.get, f64x2.sum(sumFirst)),
      ];
      const outside = i32.lessThan(i32.load(lower.get), i32.constant(0));
      return doWhile(
        [
          ...ifElse(outside, f32.store(target.get, fill.get), interpolated),
          ...[lower, target].flatMap((pointer) => advance(pointer, i32.constant(4))),
          ...[deep, down, across].flatMap((pointer) => advance(pointer, i32.constant(8))),
        ],
        i32.notEqual(lower.get, end.get),
      );
    },
  });
}

function filterFunction(name: 'filterAhead' | 'filterBack'): AssembledFunction {
  const { add, constant, load, multiply, subtract } = f64x2;
  const pole = constant(SPLINE_POLE, SPLINE_POLE);
  return assembleFunction({
    name,
    parameters: { row: 'i32', end: 'i32', step: 'i32', rowBytes: 'i32' },
    locals: { at: 'i32', before: 'i32', rowEnd: 'i32' },
    body: ({ row, end, step, rowBytes, at, before, rowEnd }) => {
      const filtered =
        name === 'filterAhead'
          ? add(load(at.get), multiply(pole, load(before.get)))
          : multiply(pole, subtract(load(before.get), load(at.get)));
      return doWhile(
        [
          ...at.set(row.get),
          ...before.set(i32.subtract(row.get, step.get)),
          ...rowEnd.set(i32.add(row.get, rowBytes.get)),
          ...doWhile(
            [
              ...f64x2.store(at.get, filtered),
              ...[at, before].flatMap((pointer) => advance(pointer, i32.constant(16))),
            ],
            i32.notEqual(at.get, rowEnd.get),
          ),
          ...advance(row, step.get),
        ],
        i32.notEqual(row.get, end.get),
      );
    },
  });
}

function advance(pointer: Local, step: Code): Code {
  return pointer.set(i32.add(pointer.get, step));
}

function accumulate(sum: Local, weight: Local, values: Code, first: boolean): Code {
  const product = f64x2.multiply(weight.get, values);
  return sum.set(first ? product : f64x2.add(sum.get, product));
}

type Weights = Readonly<Record<'share' | 'outer' | 'inner', Local>>;

/** The cubic B-spline's weights for the share t at an address: of the first and the last of four coefficients, and of the two in the middle. */
function weigh(address: Local, { share, outer, inner }: Weights): Code {
  const { add, constant, multiply, subtract } = f64x2;
  const half = multiply(inner.get, constant(0.5, 0.5));
  const cubed = multiply(multiply(outer.get, outer.get), outer.get);
  return [
    ...share.set(f64x2.loadTwice(address.get)),
    // s = 1 - t and t: s³ / 6.
    ...outer.set(add(constant(1, 0), multiply(share.get, constant(-1, 1)))),
    ...outer.set(multiply(cubed, constant(1 / 6, 1 / 6))),
    // t and 1 - t: 2/3 - t² (1 - t/2).
    ...inner.set(add(constant(0, 1), multiply(share.get, constant(1, -1)))),
    ...inner.set(
      subtract(constant(2 / 3, 2 / 3), multiply(multiply(inner.get, inner.get), subtract(constant(1, 1), half))),
    ),
  ];
}

/** Each of the four weights in both lanes of a local. */
function spread(weights: readonly Local[], { outer, inner }: Weights): Code {
  const lanes = [
    [outer, 0],
    [inner, 0],
    [inner, 1],
    [outer, 1],
  ] as const;
  return weights.flatMap((weight, index) => {
    const [pair, lane] = lanes[index]!;
    return weight.set(f64x2.shuffle(pair.get, pair.get, [lane, lane]));
  });
}
