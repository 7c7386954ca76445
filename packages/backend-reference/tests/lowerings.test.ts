import {
  argMax,
  bind,
  bindAll,
  concat,
  createRng,
  decompose,
  full,
  max,
  ndarray,
  oneHot,
  pad,
  type Primitive,
  type PrimitiveName,
  primitives,
  type Sample,
  slice,
  type Tensor,
  trace,
} from '@delira/core';
import { expectClose, randomArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { erf } from '../src/erf.js';
import { halfToNumber } from '../src/halfToNumber.js';
import { createReferenceBackend, lowerings } from '../src/index.js';
import { valuesOf } from './runOnce.js';

const count = (length: number): number[] => Array.from({ length }, (_, index) => index);
const vector = (...values: number[]): ReturnType<typeof ndarray<'float64'>> =>
  ndarray(values, [values.length], 'float64');

describe('the table', () => {
  it('has a lowering for every primitive', () => {
    for (const prim of Object.keys(primitives) as PrimitiveName[]) expect(lowerings[prim], prim).toBeTypeOf('function');
  });
});

describe('elementwise', () => {
  it('broadcasts over any axes', async () => {
    const a = ndarray(count(6), [2, 3], 'float64');
    expect(await valuesOf([a, vector(10, 20, 30)], (x, y) => x!.add(y!))).toEqual([10, 21, 32, 13, 24, 35]);
    const column = ndarray([10, 20], [2, 1], 'float64');
    expect(await valuesOf([a, column], (x, y) => x!.sub(y!))).toEqual([-10, -9, -8, -17, -16, -15]);
    expect(await valuesOf([column, vector(1, 2)], (x, y) => x!.mul(y!))).toEqual([10, 20, 20, 40]);
    expect(await valuesOf([full([], 6, 'float64'), vector(2, 3)], (x, y) => x!.div(y!))).toEqual([3, 2]);
    const middle = ndarray([1, 2, 3], [1, 3, 1], 'float64');
    const last = ndarray(count(12), [2, 3, 2], 'float64');
    expect(await valuesOf([last, middle], (x, y) => x!.mul(y!))).toEqual([0, 1, 4, 6, 12, 15, 6, 7, 16, 18, 30, 33]);
    expect(await valuesOf([middle, last], (x, y) => x!.sub(y!))).toEqual([1, 0, 0, -1, -1, -2, -5, -6, -6, -7, -7, -8]);
  });

  it('computes in float64 what the Program has in float32', async () => {
    const third = await valuesOf([ndarray([1], [1])], (x) => x!.div(3));
    expect(third).toEqual([1 / 3]);
    expect(await valuesOf([ndarray([1], [1])], (x) => x!.mul(0.9))).toEqual([0.9]);
  });

  it('wraps integers and divides them towards zero', async () => {
    const big = ndarray([2 ** 31 - 1, 65537], [2], 'int32');
    expect(await valuesOf([big], (x) => x!.add(1))).toEqual([-(2 ** 31), 65538]);
    expect(await valuesOf([big], (x) => x!.mul(65537))).toEqual([2147418111, 131073]);
    expect(await valuesOf([ndarray([-7, 7], [2], 'int32')], (x) => x!.div(2))).toEqual([-3, 3]);
  });

  it('selects', async () => {
    const test = ndarray([1, 0], [2, 1], 'bool');
    const y = await valuesOf([test, vector(1, 2, 3), vector(-1)], (t, a, b) => bind('select', [t!, a!, b!], {}));
    expect(y).toEqual([1, 2, 3, -1, -1, -1]);
  });
});

describe('erf', () => {
  it('is exact to double precision', () => {
    // Abramowitz and Stegun, table 7.1, and Wolfram Alpha for the tail.
    const known: readonly (readonly [number, number])[] = [
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [2.4, 0.9993114861033549],
      [2.6, 0.9997639655834707],
      [3, 0.9999779095030014],
      [4, 0.9999999845827421],
    ];
    for (const [x, y] of known) {
      expectClose(erf(x), y, { rtol: 4e-16, atol: 0 });
      expect(erf(-x)).toBe(-erf(x));
    }
    expect([erf(0), erf(7), erf(-Infinity), erf(NaN)]).toEqual([0, 1, -1, NaN]);
  });

  it('joins its two formulas without a step', () => {
    const [below, above] = [erf(2.5 - 1e-9), erf(2.5 + 1e-9)];
    expectClose(above - below, 2e-9 * (2 / Math.sqrt(Math.PI)) * Math.exp(-6.25), { rtol: 1e-3, atol: 0 });
  });
});

describe('halfToNumber', () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('%d is %d', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });
});

describe('moving data', () => {
  const cube = ndarray(count(24), [2, 3, 4], 'float64');

  it('transposes', async () => {
    expect(await valuesOf([ndarray(count(6), [2, 3], 'float64')], (x) => x!.transpose([1, 0]))).toEqual([
      0, 3, 1, 4, 2, 5,
    ]);
    const y = await valuesOf([cube], (x) => x!.transpose([2, 0, 1]));
    const expected = count(4).flatMap((k) => count(2).flatMap((i) => count(3).map((j) => i * 12 + j * 4 + k)));
    expect(y).toEqual(expected);
  });

  it('slices, pads and joins', async () => {
    expect(await valuesOf([cube], (x) => slice(x!, [1, 0, 2], [1, 2, 2]))).toEqual([14, 15, 18, 19]);
    const row = ndarray([1, 2], [1, 2], 'int32');
    const padding = [
      [1, 0],
      [1, 2],
    ] as const;
    expect(await valuesOf([row], (x) => pad(x!, padding))).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 0, 0]);
    const [a, b] = [ndarray(count(4), [2, 2], 'float64'), ndarray([7, 8], [2, 1], 'float64')];
    expect(await valuesOf([a, b], (x, y) => concat([x!, y!], 1))).toEqual([0, 1, 7, 2, 3, 8]);
    expect(await valuesOf([a, a], (x, y) => concat([x!, y!], 0))).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('repeats', async () => {
    expect(await valuesOf([ndarray([1, 2], [2, 1], 'float64')], (x) => x!.broadcastTo([2, 2, 2]))).toEqual([
      1, 1, 2, 2, 1, 1, 2, 2,
    ]);
    expect(await valuesOf([full([], 3, 'int32')], (x) => x!.broadcastTo([2]))).toEqual([3, 3]);
  });

  it('encodes classes', async () => {
    expect(await valuesOf([ndarray([2, -1, 0, 3], [4], 'int32')], (x) => oneHot(x!, 3))).toEqual([
      0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0,
    ]);
  });

  it('takes arrays without elements', async () => {
    const empty = ndarray([], [0, 3], 'float64');
    expect(await valuesOf([empty], (x) => x!.sum([0]))).toEqual([0, 0, 0]);
    expect(await valuesOf([empty], (x) => x!.transpose([1, 0]).exp())).toEqual([]);
    expect(await valuesOf([empty], (x) => x!.matmul(x!.transpose([1, 0])))).toEqual([]);
  });
});

describe('reductions', () => {
  const cube = ndarray(count(24), [2, 3, 4], 'float64');
  const reduced = (axes: readonly number[], combine: (values: readonly number[]) => number): number[] => {
    const groups = new Map<string, number[]>();
    count(24).forEach((value) => {
      const index = [Math.floor(value / 12), Math.floor(value / 4) % 3, value % 4];
      const key = index.filter((_, axis) => !axes.includes(axis)).join();
      groups.set(key, [...(groups.get(key) ?? []), value]);
    });
    return [...groups.values()].map(combine);
  };

  it.each([[[0]], [[1]], [[2]], [[0, 1]], [[0, 2]], [[1, 2]], [[0, 1, 2]]])('over axes %o', async (axes) => {
    expect(await valuesOf([cube], (x) => x!.sum(axes))).toEqual(reduced(axes, (v) => v.reduce((a, b) => a + b)));
    expect(await valuesOf([cube], (x) => max(x!, axes))).toEqual(reduced(axes, (v) => Math.max(...v)));
    expect(await valuesOf([cube], (x) => max(x!.neg(), axes))).toEqual(reduced(axes, (v) => -Math.min(...v)));
  });

  it('finds the first largest element along each axis', async () => {
    const x = ndarray([1, 5, 5, 0, 7, 7], [2, 3], 'float64');
    expect(await valuesOf([x], (t) => argMax(t!, 1))).toEqual([1, 1]);
    expect(await valuesOf([x], (t) => argMax(t!, 0))).toEqual([0, 1, 1]);
  });

  it('keep integers integers', async () => {
    const x = ndarray([-5, -7, 3, 4], [2, 2], 'int32');
    expect(await valuesOf([x], (t) => t!.sum([1]))).toEqual([-12, 7]);
    expect(await valuesOf([x], (t) => max(t!, [1]))).toEqual([-5, 4]);
    expect(await valuesOf([ndarray([0, 9], [2], 'uint8')], (t) => max(t!))).toEqual([9]);
  });
});

describe('matmul', () => {
  it.each([
    [3, 4, 5],
    [4, 4, 4],
    [1, 7, 1],
    [9, 600, 6],
  ])('of [%d, %d] and [..., %d] is its definition', async (rows, depth, columns) => {
    const rng = createRng(1);
    const a = randomArray({ shape: [2, rows, depth], dtype: 'float64' }, undefined, rng);
    const b = randomArray({ shape: [2, depth, columns], dtype: 'float64' }, undefined, rng);
    const expected = count(2 * rows * columns).map((index) => {
      const [batch, row, column] = [
        Math.floor(index / rows / columns),
        Math.floor(index / columns) % rows,
        index % columns,
      ];
      return count(depth).reduce(
        (sum, k) => sum + a.data[(batch * rows + row) * depth + k]! * b.data[(batch * depth + k) * columns + column]!,
        0,
      );
    });
    expectClose(await valuesOf([a, b], (x, y) => x!.matmul(y!)), expected, { rtol: 1e-13, atol: 1e-13 });
  });
});

describe('pooling', () => {
  it('takes the largest element of each window, also at padded edges', async () => {
    const x = ndarray([-1, -2, -3, -4, -5, -6, -7, -8, -9], [1, 1, 3, 3], 'float64');
    const attrs = {
      window: [2, 2],
      strides: [2, 2],
      padding: [
        [1, 0],
        [1, 0],
      ],
    } as const;
    expect(await valuesOf([x], (t) => bind('maxPool', [t!], attrs))).toEqual([-1, -2, -4, -5]);
  });

  it('adds gradients of overlapping windows', async () => {
    const x = ndarray([1, 3, 2], [1, 1, 3], 'float64');
    const attrs = { window: [2], strides: [1], padding: [[0, 0]] } as const;
    const y = await valuesOf([x, ndarray([10, 1], [1, 1, 2], 'float64')], (t, grad) =>
      bind('maxPoolGrad', [t!, bind('maxPool', [t!], attrs), grad!], attrs),
    );
    expect(y).toEqual([0, 11, 0]);
  });
});

describe('composites', () => {
  const composites = (Object.keys(primitives) as PrimitiveName[]).filter(
    (prim) => primitives[prim].decompose !== undefined,
  );
  const samples = composites.flatMap((prim) =>
    (primitives[prim] as Primitive<object>).samples.map((sample) => ({ ...sample, prim })),
  );

  it.each(samples)('$prim $id equals its decomposition', async ({ prim, id, inputs, attrs, domain }) => {
    const backend = createReferenceBackend();
    const program = trace((recording) => {
      const operands = inputs.map((aval, index): Tensor => recording.feed(`x${index}`, aval));
      return Object.fromEntries(bindAll(prim, operands, attrs as never).map((result, index) => [`y${index}`, result]));
    });
    const batch = Object.fromEntries(
      inputs.map((aval, index) => [`x${index}`, randomArray(aval, domain, createRng(0).fork(id, index))]),
    );
    const run = async (candidate: typeof program): Promise<readonly Sample[]> => {
      const executable = await backend.compile(candidate);
      return executable.run(await backend.createState(new Map()), [{ batch }]);
    };
    const [[native], [composed]] = [await run(program), await run(decompose(program, () => true))];
    for (const [name, array] of Object.entries(native!)) {
      expectClose(composed![name]!, array, { rtol: 1e-12, atol: 1e-12, relativeTo: 'array' }, name);
    }
  });
});
