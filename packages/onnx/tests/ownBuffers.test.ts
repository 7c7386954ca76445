import { trace } from '@delira/core';
import { describe, expect, it } from 'vitest';
import {
  type Flavour,
  GraphBuilder,
  type OnnxGraph,
  type OnnxValue,
  portableFlavour,
  stepsModel,
  tunedFlavour,
} from '../src/index.js';
import { ownBuffers } from '../src/lowering/ownBuffers.js';

const x: OnnxValue = { name: 'x', shape: [512, 512], dtype: 'float32' };

function rewritten(build: (graph: GraphBuilder) => void): OnnxGraph {
  const graph = new GraphBuilder();
  build(graph);
  const named = (name: string): OnnxValue | undefined => (name === 'x' ? x : graph.valueNamed(name));
  return ownBuffers(graph.graph('step', [], []), 'position', named);
}

const text = ({ nodes }: OnnxGraph): readonly string[] =>
  nodes.map(({ type, inputs, outputs }) => `${outputs.join()} = ${type}(${inputs.join()})`);

describe('ownBuffers', () => {
  it('lets operators read large values in shapes that only exist when they run', () => {
    const graph = rewritten((builder) => {
      const first = builder.node('Exp', [x], x.shape);
      builder.binary('Add', first, builder.binary('Mul', first, x));
    });
    expect(text(graph)).toEqual([
      'unknown:int64 = Cast(position)',
      'same:2 = Mul(same:2:factor,unknown:int64)',
      'Exp_0:view0 = Reshape(x,same:2)',
      'Exp_0 = Exp(Exp_0:view0)',
      'Mul_1:view0 = Reshape(Exp_0,same:2)',
      'Mul_1:view1 = Reshape(x,same:2)',
      'Mul_1 = Mul(Mul_1:view0,Mul_1:view1)',
      'Add_2:view0 = Reshape(Exp_0,same:2)',
      'Add_2:view1 = Reshape(Mul_1,same:2)',
      'Add_2 = Add(Add_2:view0,Add_2:view1)',
    ]);
    expect(graph.initializers).toEqual([
      { name: 'same:2:factor', type: 'int64', shape: [2], bytes: new Uint8Array(16) },
    ]);
  });

  it('names an extent for each operator, the same for all of its operands', () => {
    const graph = rewritten((builder) => {
      const first = builder.node('Exp', [x], x.shape);
      builder.binary('Mul', first, x);
    });
    expect(graph.values).toEqual([
      { name: 'Exp_0:view0', type: 'float32', shape: ['Exp_0', 512] },
      { name: 'Mul_1:view0', type: 'float32', shape: ['Mul_1', 512] },
      { name: 'Mul_1:view1', type: 'float32', shape: ['Mul_1', 512] },
    ]);
  });

  it('names the extent of a row where rows are gathered', () => {
    const graph = rewritten((builder) => builder.node('Gather', [x, builder.int64([1, 0])], [512, 512]));
    expect(graph.values).toEqual([{ name: 'Gather_1:view0', type: 'float32', shape: [512, 'Gather_1'] }]);
  });

  it('leaves views and what gives little alone', () => {
    const build = (builder: GraphBuilder): void => {
      builder.reshape(x, [1024, 256]);
      builder.sum(x, [1]);
      builder.node('Exp', [{ name: 'row', shape: [512], dtype: 'float32' }], [512]);
    };
    const graph = new GraphBuilder();
    build(graph);
    expect(rewritten(build)).toEqual(graph.graph('step', [], []));
  });

  it('is for steps of the tuned flavour, fed values included', () => {
    const program = trace((recording) => ({ y: recording.feed('x', { shape: x.shape, dtype: 'float32' }).exp() }));
    const bodyOf = (flavour: Flavour): OnnxGraph => {
      const { attributes } = stepsModel(flavour.lower(program)).graph.nodes[0]!;
      return (attributes['body'] as { readonly graph: OnnxGraph }).graph;
    };
    expect(bodyOf(tunedFlavour(16)).values).toEqual([{ name: 'Exp_0:view0', type: 'float32', shape: ['Exp_0', 512] }]);
    expect(bodyOf(portableFlavour).values).toBeUndefined();
  });
});
