import { describe, expect, it } from 'vitest';
import {
  createRng,
  full,
  type Initializer,
  isModule,
  isVariable,
  Module,
  namedModules,
  namedVariables,
  paramsOf,
  setTrainable,
  type Tensor,
  trace,
  type Variable,
  withModuleScopes,
} from '../src/index.js';
import { f32 } from './tracing.js';

const ones: Initializer = (_rng, shape) => full(shape, 1);

class Linear extends Module {
  readonly weight: Variable;
  readonly bias: Variable;
  constructor(inputs: number, outputs: number) {
    super();
    this.weight = this.param([inputs, outputs], ones);
    this.bias = this.param([outputs], ones);
  }
  forward(x: Tensor): Tensor {
    return x.matmul(this.weight.value).add(this.bias.value);
  }
}

class Counter extends Module {
  readonly calls = this.buffer([], 0, 'int32');
}

class Net extends Module {
  readonly name = 'net';
  readonly stem = new Linear(2, 3);
  readonly blocks = [new Linear(3, 3), new Linear(3, 3)];
  readonly counter = new Counter();
  readonly head: Linear = this.stem;
  readonly nothing = null;
  forward(x: Tensor): Tensor {
    return this.blocks.reduce((value, block) => block.forward(value), this.stem.forward(x));
  }
}

describe('namedVariables', () => {
  it('names by property path, in declaration order', () => {
    expect([...namedVariables(new Net()).keys()]).toEqual([
      'stem.weight',
      'stem.bias',
      'blocks.0.weight',
      'blocks.0.bias',
      'blocks.1.weight',
      'blocks.1.bias',
      'counter.calls',
    ]);
  });

  it('names a shared module and a shared variable once, by the first path', () => {
    const net = new Net();
    expect([...namedModules(net).keys()]).toEqual(['', 'stem', 'blocks.0', 'blocks.1', 'counter']);
    class Tied extends Module {
      readonly first = new Linear(2, 2);
      readonly again: Variable = this.first.weight;
    }
    expect([...namedVariables(new Tied()).keys()]).toEqual(['first.weight', 'first.bias']);
  });

  it('refuses a module that contains itself', () => {
    class Cycle extends Module {
      readonly children: Module[] = [];
      constructor() {
        super();
        this.children.push(this);
      }
    }
    expect(() => namedVariables(new Cycle())).toThrow(
      'The module at "children.0" contains itself. Keep modules in a tree; pass a parent as an argument, not as a property.',
    );
    class Child extends Module {
      constructor(readonly parent: Module) {
        super();
      }
    }
    class Parent extends Module {
      readonly child = new Child(this);
    }
    expect(() => namedVariables(new Parent())).toThrow('The module at "child.parent" contains itself.');
  });

  it('refuses variables that no public property holds', () => {
    class Hidden extends Module {
      readonly #weight = this.param([2, 3], ones);
      get shape(): readonly number[] {
        return this.#weight.aval.shape;
      }
    }
    class Holder extends Module {
      readonly inner = new Hidden();
    }
    expect(new Hidden().shape).toEqual([2, 3]);
    expect(() => namedVariables(new Holder())).toThrow(
      'The module Hidden at "inner" made a param of shape [2, 3] that no public property holds.',
    );
  });
});

describe('variables', () => {
  it('have kinds, avals and first values', () => {
    const { weight, bias } = new Linear(2, 3);
    const { calls } = new Counter();
    expect([weight.kind, weight.trainable, weight.aval]).toEqual(['param', true, f32(2, 3)]);
    expect([calls.kind, calls.trainable, calls.aval]).toEqual(['buffer', false, { shape: [], dtype: 'int32' }]);
    expect(bias.initialize(createRng(0), bias.aval.shape)).toEqual(full([3], 1));
    expect(calls.initialize(createRng(0), [])).toEqual(full([], 0, 'int32'));
  });

  it('are recognised by a brand', () => {
    const net = new Net();
    expect([isModule(net), isModule({}), isModule(null), isModule(net.stem.weight)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isVariable(net.stem.weight), isVariable(net), isVariable(undefined)]).toEqual([true, false, false]);
  });

  it('come in the compute dtype, and are written in their own', () => {
    const { weight } = new Linear(1, 1);
    const names = new Map([[weight, 'weight']]);
    const policy = { param: 'float32', compute: 'float64' } as const;
    const program = trace(
      () => {
        expect(weight.value.dtype).toBe('float64');
        expect(() => {
          weight.assign(weight.value);
        }).toThrow('Cannot assign float64 to "weight", which is float32. Cast it.');
        return { y: weight.value.exp() };
      },
      { names, policy, training: true },
    );
    expect(program.nodes.map(({ prim }) => prim)).toEqual(['cast', 'exp']);
  });
});

describe('paramsOf and setTrainable', () => {
  it('leave frozen parameters and buffers out', () => {
    const net = new Net();
    expect(paramsOf(net)).toHaveLength(6);
    expect(setTrainable(net, false, (name) => name.startsWith('blocks.'))).toEqual([
      'blocks.0.weight',
      'blocks.0.bias',
      'blocks.1.weight',
      'blocks.1.bias',
    ]);
    expect(paramsOf(net)).toEqual([net.stem.weight, net.stem.bias]);
    setTrainable(net, true);
    expect(paramsOf(net)).toHaveLength(6);
    expect(net.counter.calls.trainable).toBe(false);
  });
});

describe('withModuleScopes', () => {
  it('names the module of every node, and leaves modules as they were', () => {
    const net = new Net();
    const names = new Map([...namedVariables(net)].map(([name, variable]) => [variable, name]));
    const program = trace(
      (recording) => withModuleScopes(net, () => ({ y: net.forward(recording.feed('x', f32(4, 2))).exp() })),
      { names },
    );
    expect(program.nodes.map(({ prim, scope }) => [prim, scope])).toEqual([
      ['matmul', 'stem'],
      ['add', 'stem'],
      ['matmul', 'blocks.0'],
      ['add', 'blocks.0'],
      ['matmul', 'blocks.1'],
      ['add', 'blocks.1'],
      ['exp', ''],
    ]);
    expect(Object.hasOwn(net.stem, 'forward')).toBe(false);
  });

  it('leaves modules as they were after an error', () => {
    const net = new Net();
    const names = new Map([...namedVariables(net)].map(([name, variable]) => [variable, name]));
    expect(() =>
      trace((recording) => withModuleScopes(net, () => ({ y: net.forward(recording.feed('x', f32(4, 9))) })), {
        names,
      }),
    ).toThrow('In stem: matmul of [4, 9], [2, 3]');
    expect(Object.hasOwn(net.stem, 'forward')).toBe(false);
  });
});
