import { describe, expect, it } from 'vitest';
import { bindAll, gradients, max, maxPool, pullback, select, less, type Tensor, trace } from '../src/index.js';
import { f32, i32, nodesOf, primsOf, traceOf } from './tracing.js';

/** The Program of d loss / d x for every input. */
function gradientOf(
  shapes: readonly (readonly number[])[],
  body: (...tensors: Tensor[]) => Tensor,
): ReturnType<typeof trace> {
  return trace((recording) => {
    const inputs = shapes.map((shape, index) => recording.feed(`x${index}`, f32(...shape)));
    const found = gradients(body(...inputs), inputs);
    return Object.fromEntries(found.map((gradient, index) => [`d${index}`, gradient]));
  });
}

describe('gradients', () => {
  it('follow the chain rule', () => {
    // d/dx Σ eˣ = eˣ · 1
    expect(nodesOf(gradientOf([[3]], (x) => x!.exp().sum()))).toEqual([
      '%1: float32[3] = exp(%0)',
      '%4: float32[1] = reshape(%3) {shape=[1]}',
      '%5: float32[3] = broadcastTo(%4) {shape=[3]}',
      '%6: float32[3] = mul(%5, %1)',
    ]);
  });

  it('add up over several uses', () => {
    const program = gradientOf([[]], (x) => x!.mul(x!));
    expect(primsOf(program)).toEqual(['mul', 'add']);
  });

  it('are summed over the axes an operand was broadcast along', () => {
    const program = gradientOf([[2, 3], [3], []], (a, b, c) => a!.add(b!).add(c!).sum());
    expect(Object.values(program.outputs).map((id) => program.avals[id]!.shape)).toEqual([[2, 3], [3], []]);
  });

  it('are zero for what the loss does not depend on', () => {
    const program = gradientOf([[3], [2, 2]], (x) => x!.sum());
    const [node] = program.nodes.filter(({ outputs }) => outputs.includes(program.outputs['d1']!));
    expect(node!.prim).toBe('broadcastTo');
    expect(program.consts.get(node!.inputs[0]!)!.data[0]).toBe(0);
  });

  it('stop at stopGradient', () => {
    const program = gradientOf([[3]], (x) => x!.exp().stopGradient().mul(x!).sum());
    // Only the second factor: eˣ · 1.
    expect(primsOf(program).filter((prim) => prim === 'exp')).toHaveLength(1);
    expect(primsOf(program)).not.toContain('add');
  });

  it('treat sources as independent of each other', () => {
    const program = trace((recording) => {
      const x = recording.feed('x', f32());
      const y = x.exp();
      const [dx, dy] = gradients(y.mul(3), [x, y]);
      return { dx: dx!, dy: dy! };
    });
    expect(program.consts.get(program.outputs['dx']!)?.data[0]).toBe(0);
    expect(program.outputs['dy']).not.toBe(program.outputs['dx']);
  });

  it('can be differentiated again', () => {
    const program = trace((recording) => {
      const x = recording.feed('x', f32());
      const [first] = gradients(x.mul(x).mul(x), [x]);
      const [second] = gradients(first!, [x]);
      return { first: first!, second: second! };
    });
    expect(program.outputs['first']).not.toBe(program.outputs['second']);
    expect(() => gradientOf([[1, 1, 4]], (x) => gradients(maxPool(x!, { window: 2 }).sum(), [x!])[0]!.sum())).toThrow(
      'maxPoolGrad cannot be differentiated. Put stopGradient() around it if no gradient should flow.',
    );
  });

  it('carry the scope of the node they belong to', () => {
    const program = trace((recording) => {
      const x = recording.feed('x', f32(3));
      const y = recording.inScope('head', () => x.exp());
      return { d: gradients(y.sum(), [x])[0]! };
    });
    expect(program.nodes.filter(({ scope }) => scope === 'head').map(({ prim }) => prim)).toEqual(['exp', 'mul']);
  });

  it('flow through every output of a node', () => {
    const through = (index: number): readonly string[] =>
      primsOf(
        trace((recording) => {
          const x = recording.feed('x', f32(4, 3));
          const channel = recording.feed('c', f32(3));
          const output = bindAll('batchNorm', [x, channel, channel], { epsilon: 1e-5 })[index]!;
          return { d: gradients(output.sum(), [x])[0]! };
        }),
      );
    expect(through(0)).toContain('batchNormGrad');
    expect(through(1)).not.toContain('batchNormGrad');
    expect(through(2)).not.toContain('batchNormGrad');
    expect(through(2)).toContain('sub');
  });

  it('take the branch taken', () => {
    const program = traceOf([f32(3)], (x) => gradients(select(less(x!, 0), x!, x!.exp()).sum(), [x!])[0]!);
    expect(primsOf(program).filter((prim) => prim === 'select')).toHaveLength(2);
  });

  it('need a floating scalar and floating sources', () => {
    expect(() => gradientOf([[3]], (x) => x!)).toThrow(
      'A loss must be a scalar to be differentiated, got %0: float32[3]. Reduce it with mean() or sum().',
    );
    expect(() => traceOf([i32()], (n) => gradients(n!, [n!])[0]!)).toThrow('only floating dtypes have gradients');
    expect(() => traceOf([f32(), i32()], (x, n) => gradients(x!, [n!])[0]!)).toThrow(
      'Cannot differentiate %1: int32[]',
    );
    expect(gradientOf([[1, 1]], (x) => x!).nodes).toEqual([]);
  });

  it('share among ties of a maximum, by construction', () => {
    expect(primsOf(gradientOf([[4]], (x) => max(x!)))).toEqual(
      expect.arrayContaining(['reduceMax', 'compare', 'cast', 'reduceSum', 'div']),
    );
  });
});

describe('pullback', () => {
  it('starts from any cotangents', () => {
    const program = trace((recording) => {
      const [x, seed] = [recording.feed('x', f32(3)), recording.feed('seed', f32(3))];
      return { d: pullback([x.exp()], [seed], [x])[0]! };
    });
    expect(nodesOf(program)).toEqual(['%2: float32[3] = exp(%0)', '%3: float32[3] = mul(%1, %2)']);
  });

  it('gives the cotangent itself where source and target are one', () => {
    const program = trace((recording) => {
      const [x, seed] = [recording.feed('x', f32(3)), recording.feed('seed', f32(3))];
      return { d: pullback([x], [seed], [x])[0]! };
    });
    expect(program.outputs['d']).toBe(program.feeds['seed']);
  });
});
