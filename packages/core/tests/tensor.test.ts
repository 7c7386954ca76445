import { describe, expect, it } from 'vitest';
import {
  bind,
  concat,
  conv,
  currentTrace,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logSoftmax,
  max,
  maximum,
  maxPool,
  pow,
  select,
  softmax,
  softplus,
  type Tensor,
} from '../src/index.js';
import { f32, i32, nodesOf, primsOf, traceOf } from './tracing.js';

const shapeOf = (program: ReturnType<typeof traceOf>): readonly number[] => program.avals[program.outputs['y']!]!.shape;

describe('Tensor', () => {
  it('broadcasts as NumPy does', () => {
    expect(shapeOf(traceOf([f32(2, 3, 4), f32(3, 1)], (a, b) => a!.add(b!)))).toEqual([2, 3, 4]);
    expect(() => traceOf([f32(2, 3), f32(2, 4)], (a, b) => a!.mul(b!))).toThrow('mul: Shapes [2, 3] and [2, 4]');
  });

  it('takes operands of one dtype', () => {
    expect(() => traceOf([f32(2), i32(2)], (a, b) => a!.add(b!))).toThrow(
      'add takes operands of one dtype, got float32 and int32. Cast one of them.',
    );
  });

  it('records nothing for what changes nothing', () => {
    const program = traceOf([f32(2, 3)], (x) =>
      x!.reshape([2, 3]).transpose([0, 1]).broadcastTo([2, 3]).cast('float32').sum([]),
    );
    expect(program.nodes).toEqual([]);
  });

  it('works an extent of -1 out', () => {
    expect(shapeOf(traceOf([f32(2, 3, 4)], (x) => x!.reshape([-1, 4])))).toEqual([6, 4]);
    expect(() => traceOf([f32(2, 3)], (x) => x!.reshape([4, -1]))).toThrow('is not a shape');
    expect(() => traceOf([f32(2, 3)], (x) => x!.reshape([-1, -1]))).toThrow('is not a shape');
  });

  it('reduces over any axes, counted from either end', () => {
    expect(shapeOf(traceOf([f32(2, 3, 4)], (x) => x!.sum()))).toEqual([]);
    expect(shapeOf(traceOf([f32(2, 3, 4)], (x) => x!.sum([-1])))).toEqual([2, 3]);
    expect(shapeOf(traceOf([f32(2, 3, 4)], (x) => x!.mean([0, 2], { keepDims: true })))).toEqual([1, 3, 1]);
    expect(shapeOf(traceOf([f32(2, 3, 4)], (x) => max(x!, [1], { keepDims: true })))).toEqual([2, 1, 4]);
    expect(() => traceOf([f32(2, 3)], (x) => x!.sum([2]))).toThrow('Axis 2 is out of range for 2 dimensions');
  });

  it('divides a mean by the number of elements', () => {
    const program = traceOf([f32(2, 5)], (x) => x!.mean([1]));
    expect([...program.consts.values()][0]!.data[0]).toBe(1 / 5);
  });

  it('prints', () => {
    traceOf([f32(2, 3)], (x) => {
      expect(String(x)).toBe('%0: float32[2, 3]');
      return x!;
    });
  });
});

describe('ops', () => {
  it('need a tensor', () => {
    expect(() => traceOf([], () => maximum(1, 2))).toThrow('maximum of two numbers: one operand must be a tensor.');
    expect(() => traceOf([], () => concat([], 0))).toThrow('concat of no tensors.');
  });

  it('put numbers on either side', () => {
    expect(nodesOf(traceOf([f32(2)], (x) => pow(2, x!)))).toEqual(['%2: float32[2] = pow(%1, %0)']);
    expect(nodesOf(traceOf([f32(2)], (x) => pow(x!, 2)))).toEqual(['%2: float32[2] = pow(%0, %1)']);
  });

  it('turn comparisons around', () => {
    const comparison = (body: (a: Tensor, b: Tensor) => Tensor): string =>
      nodesOf(traceOf([f32(2), f32(2)], (a, b) => body(a!, b!)))[0]!;
    expect(comparison(less)).toBe('%2: bool[2] = compare(%0, %1) {op="lt"}');
    expect(comparison(lessEqual)).toBe('%2: bool[2] = compare(%0, %1) {op="le"}');
    expect(comparison(greater)).toBe('%2: bool[2] = compare(%1, %0) {op="lt"}');
    expect(comparison(greaterEqual)).toBe('%2: bool[2] = compare(%1, %0) {op="le"}');
    expect(comparison(equal)).toBe('%2: bool[2] = compare(%0, %1) {op="eq"}');
  });

  it('select between a tensor and a number', () => {
    const program = traceOf([f32(2)], (x) => select(less(x!, 0), 0, x!));
    expect(primsOf(program)).toEqual(['compare', 'select']);
    expect(program.consts.size).toBe(1);
  });

  it('stop the gradient of the maximum a softmax subtracts', () => {
    for (const body of [softmax, logSoftmax]) {
      const program = traceOf([f32(2, 3)], (x) => {
        const y = body(x!, -1);
        expect(
          currentTrace()
            .nodes.map(({ prim }) => prim)
            .slice(0, 3),
        ).toEqual(['reduceMax', 'reshape', 'stopGradient']);
        return y;
      });
      expect(shapeOf(program)).toEqual([2, 3]);
    }
  });

  it('compute softplus so that nothing overflows', () => {
    expect(primsOf(traceOf([f32(2)], (x) => softplus(x!)))).toEqual([
      'maximum',
      'abs',
      'neg',
      'exp',
      'add',
      'log',
      'add',
    ]);
  });

  it('concat leaves a single tensor alone', () => {
    expect(traceOf([f32(2)], (x) => concat([x!], 0)).nodes).toEqual([]);
    expect(shapeOf(traceOf([f32(2, 1), f32(2, 3)], (a, b) => concat([a!, b!], -1)))).toEqual([2, 4]);
  });
});

describe('windows', () => {
  it('take one number for all axes, one for each, or low and high', () => {
    const attrs = (options: Parameters<typeof conv>[2]): object =>
      traceOf([f32(1, 2, 8, 8), f32(2, 2, 3, 3)], (x, kernel) => conv(x!, kernel!, options)).nodes[0]!.attrs;
    expect(attrs({})).toEqual({
      strides: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1],
      groups: 1,
    });
    expect(attrs({ stride: 2, padding: [1, 0], dilation: [2, 1] })).toEqual({
      strides: [2, 2],
      padding: [
        [1, 1],
        [0, 0],
      ],
      dilation: [2, 1],
      groups: 1,
    });
    const asymmetric = [
      [0, 1],
      [1, 0],
    ] as const;
    expect(attrs({ padding: asymmetric })).toMatchObject({ padding: asymmetric });
  });

  it('need as many entries as spatial axes', () => {
    expect(() => traceOf([f32(1, 2, 8, 8), f32(2, 2, 3, 3)], (x, k) => conv(x!, k!, { stride: [1] }))).toThrow(
      'stride [1] needs 2 entries, one for each spatial axis.',
    );
  });

  it('pool with the window as stride unless told otherwise', () => {
    const pooled = (options: Parameters<typeof maxPool>[1]): readonly number[] =>
      shapeOf(traceOf([f32(1, 2, 9, 9)], (x) => maxPool(x!, options)));
    expect(pooled({ window: 3 })).toEqual([1, 2, 3, 3]);
    expect(pooled({ window: 3, stride: 2, padding: 1 })).toEqual([1, 2, 5, 5]);
    expect(() => pooled({ window: 3, padding: 2 })).toThrow('padding [[2,2],[2,2]] is more than half of the window');
  });
});

describe('bind', () => {
  it('records attributes as they are', () => {
    const program = traceOf([i32(4)], (x) => bind('oneHot', [x!], { depth: 3, dtype: 'float32' }));
    expect(nodesOf(program)).toEqual(['%1: float32[4, 3] = oneHot(%0) {depth=3 dtype="float32"}']);
  });
});
