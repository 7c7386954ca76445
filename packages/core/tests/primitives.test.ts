import { describe, expect, it } from 'vitest';
import {
  type Aval,
  bindAll,
  DeliraError,
  gradients,
  isFloating,
  type Primitive,
  type PrimitiveName,
  primitives,
  slidingExtent,
  type Tensor,
  trace,
  verify,
} from '../src/index.js';
import { f32, i32 } from './tracing.js';

const names = Object.keys(primitives) as PrimitiveName[];
const samples = names.flatMap((prim) =>
  primitives[prim].samples.map((sample) => ({
    prim,
    id: sample.id,
    inputs: sample.inputs,
    attrs: sample.attrs as object,
  })),
);
const primitiveOf = (prim: PrimitiveName): Primitive<object> => primitives[prim] as Primitive<object>;

/** Primitives gradients do not flow through, on purpose. */
const notDifferentiable = ['maxPoolGrad'];
const withoutGradient = ['argMax', 'compare', 'floor', 'oneHot', 'positive', 'stopGradient'];

describe('the list of primitives', () => {
  it('has samples with ids of their own', () => {
    for (const prim of names) {
      const ids = primitives[prim].samples.map(({ id }) => id);
      expect(ids.length, prim).toBeGreaterThan(0);
      expect(new Set(ids).size, prim).toBe(ids.length);
    }
  });

  it('is differentiable but for those listed', () => {
    expect(names.filter((prim) => primitives[prim].vjp === null)).toEqual(notDifferentiable);
  });

  it('has a decomposition wherever gradients go through it', () => {
    for (const prim of names)
      if (primitives[prim].vjp === 'decompose') expect(primitives[prim].decompose, prim).toBeDefined();
  });
});

describe.each(samples)('$prim $id', ({ prim, inputs, attrs }) => {
  it('gives avals, and a valid Program', () => {
    const outputs = primitiveOf(prim).infer(inputs, attrs);
    expect(outputs.length).toBeGreaterThan(0);
    const program = trace((recording) => {
      const results = bindAll(
        prim,
        inputs.map((aval, index) => recording.feed(`x${index}`, aval)),
        attrs as never,
      );
      return Object.fromEntries(results.map((result, index) => [`y${index}`, result]));
    });
    verify(program);
    outputs.forEach((aval, index) => expect(program.avals[program.outputs[`y${index}`]!]).toEqual(aval));
  });

  it('refuses missing operands', () => {
    expect(() => primitiveOf(prim).infer(prim === 'concat' ? [] : inputs.slice(1), attrs)).toThrow(DeliraError);
  });

  it('has gradients of the operands’ shapes', () => {
    // Of whole numbers and truth values there are none.
    if (!inputs.some(({ dtype }) => isFloating(dtype))) return;
    if (
      !primitiveOf(prim)
        .infer(inputs, attrs)
        .some(({ dtype }) => isFloating(dtype))
    ) {
      expect([...withoutGradient, 'cast']).toContain(prim);
      return;
    }
    const differentiate = (): void => {
      trace((recording) => {
        const operands = inputs.map((aval, index) => recording.feed(`x${index}`, aval));
        const sources = operands.filter(({ dtype }) => isFloating(dtype));
        const loss = bindAll(prim, operands, attrs as never)
          .filter(({ dtype }) => isFloating(dtype))
          .map((output) => output.sum())
          .reduce((sum, term) => sum.add(term));
        const found = gradients(loss, sources);
        found.forEach((gradient, index) => expect(gradient.shape).toEqual(sources[index]!.shape));
        return Object.fromEntries(found.map((gradient, index) => [`d${index}`, gradient]));
      });
    };
    if (notDifferentiable.includes(prim)) expect(differentiate).toThrow('maxPoolGrad cannot be differentiated.');
    else differentiate();
  });

  it('decomposes into the same shapes', () => {
    const { decompose } = primitiveOf(prim);
    if (decompose === undefined) {
      expect(['batchNorm', 'batchNormGrad']).not.toContain(prim);
      return;
    }
    trace((recording) => {
      const parts = decompose(
        inputs.map((aval, index) => recording.feed(`x${index}`, aval)),
        attrs,
      );
      expect(parts.map(({ shape, dtype }: Tensor): Aval => ({ shape, dtype }))).toEqual(
        primitiveOf(prim).infer(inputs, attrs),
      );
      return {};
    });
  });
});

describe('shape rules', () => {
  const infer =
    (prim: PrimitiveName, inputs: readonly Aval[], attrs: object = {}) =>
    () =>
      primitiveOf(prim).infer(inputs, attrs);
  const conv = {
    strides: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
    dilation: [1, 1],
    groups: 1,
  };
  const pool = {
    window: [2, 2],
    strides: [2, 2],
    padding: [
      [0, 0],
      [0, 0],
    ],
  };

  it.each([
    ['matmul of other depths', infer('matmul', [f32(2, 3), f32(4, 5)]), 'matmul of [2, 3], [4, 5]'],
    ['matmul of other batches', infer('matmul', [f32(2, 3, 4), f32(3, 4, 5)]), 'equal leading axes'],
    ['matmul of integers', infer('matmul', [i32(2, 3), i32(3, 2)]), 'matmul takes a floating dtype'],
    ['conv of other channels', infer('conv', [f32(1, 3, 8, 8), f32(4, 2, 3, 3)], conv), 'has 3 channels'],
    [
      'conv with groups that do not divide',
      infer('conv', [f32(1, 4, 8, 8), f32(5, 2, 3, 3)], { ...conv, groups: 2 }),
      '2 group(s)',
    ],
    ['conv with a window too large', infer('conv', [f32(1, 2, 2, 2), f32(4, 2, 3, 3)], conv), 'Use a larger input'],
    [
      'conv of four spatial axes',
      infer('conv', [f32(1, 1, 2, 2, 2, 2), f32(1, 1, 1, 1, 1, 1)], conv),
      '1 to 3 spatial axes',
    ],
    [
      'conv with another rank of strides',
      infer('conv', [f32(1, 2, 8, 8), f32(4, 2, 3, 3)], { ...conv, strides: [1] }),
      'one entry for each of the 2 spatial axes',
    ],
    [
      'conv with a stride of zero',
      infer('conv', [f32(1, 2, 8, 8), f32(4, 2, 3, 3)], { ...conv, strides: [0, 1] }),
      'strides and dilation must be at least 1',
    ],
    [
      'convTranspose to another shape',
      infer('convTranspose', [f32(1, 4, 5, 5), f32(4, 2, 3, 3)], { ...conv, spatial: [8, 8] }),
      'expects an input of shape [1, 4, 6, 6]',
    ],
    [
      'convKernelGrad of another shape',
      infer('convKernelGrad', [f32(1, 2, 8, 8), f32(1, 4, 5, 5)], { ...conv, kernel: [3, 3] }),
      'expects outputs of shape [1, 4, 6, 6]',
    ],
    ['maxPool of a matrix', infer('maxPool', [f32(4, 4)], pool), 'expected an input [N, C, ...spatial]'],
    [
      'maxPoolGrad of another y',
      infer('maxPoolGrad', [f32(1, 1, 4, 4), f32(1, 1, 3, 3), f32(1, 1, 2, 2)], pool),
      'of shape [1, 1, 2, 2]',
    ],
    [
      'batchNorm of other channels',
      infer('batchNorm', [f32(2, 3, 4), f32(4), f32(3)], { epsilon: 1e-5 }),
      'expected values of shape [3]',
    ],
    [
      'reshape to another size',
      infer('reshape', [f32(2, 3)], { shape: [4] }),
      'Cannot reshape [2, 3] (6 elements) to [4] (4 elements).',
    ],
    ['transpose by no permutation', infer('transpose', [f32(2, 3)], { perm: [0, 0] }), 'is not a permutation'],
    [
      'broadcastTo a smaller shape',
      infer('broadcastTo', [f32(2, 3)], { shape: [3] }),
      'Cannot broadcast [2, 3] to [3]',
    ],
    ['concat along no axis', infer('concat', [f32(2)], { axis: 1 }), 'the axis does not exist'],
    [
      'concat of other extents',
      infer('concat', [f32(2, 3), f32(2, 4)], { axis: 0 }),
      'all other extents must be equal',
    ],
    ['slice outside', infer('slice', [f32(4)], { start: [2], size: [3] }), 'does not lie inside [4]'],
    ['pad by a negative amount', infer('pad', [f32(4)], { padding: [[-1, 0]] }), 'non-negative [low, high]'],
    ['reduceSum over unsorted axes', infer('reduceSum', [f32(2, 3)], { axes: [1, 0] }), 'are not sorted, unique axes'],
    ['reduceMax over nothing', infer('reduceMax', [f32(2, 0)], { axes: [1] }), 'reduceMax over no elements'],
    ['argMax over nothing', infer('argMax', [f32(0)], { axis: 0 }), 'argMax over no elements'],
    ['select by a number', infer('select', [f32(2), f32(2), f32(2)]), 'select takes a bool condition, got float32'],
    ['oneHot of floats', infer('oneHot', [f32(2)], { depth: 3, dtype: 'float32' }), 'oneHot takes int32 indices'],
    [
      'add of truth values',
      infer('add', [
        { shape: [], dtype: 'bool' },
        { shape: [], dtype: 'bool' },
      ]),
      'add does not take bool',
    ],
  ])('refuse %s', (_, action, message) => {
    expect(action).toThrow(DeliraError);
    expect(action).toThrow(message);
  });

  it('slide windows as PyTorch does', () => {
    const steps = (extent: number, kernel: number, stride: number, padding: number, dilation: number): number =>
      slidingExtent('conv', [extent], [kernel], {
        strides: [stride],
        padding: [[padding, padding]],
        dilation: [dilation],
      })[0]!;
    for (let extent = 1; extent < 12; extent++) {
      for (const [kernel, stride, padding, dilation] of [
        [1, 1, 0, 1],
        [3, 1, 1, 1],
        [3, 2, 1, 1],
        [7, 2, 3, 1],
        [3, 2, 2, 2],
      ] as const) {
        let count = 0;
        for (let start = -padding; start + dilation * (kernel - 1) < extent + padding; start += stride) count++;
        expect(steps(extent, kernel, stride, padding, dilation)).toBe(count);
      }
    }
  });
});
