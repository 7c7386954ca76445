import { describe, expect, it } from 'vitest';
import {
  asTensor,
  constant,
  currentTrace,
  DTypeError,
  ndarray,
  noise,
  primitives,
  ShapeError,
  type StateCell,
  type Tensor,
  trace,
  Trace,
  TraceError,
  withTrace,
} from '../src/index.js';
import { f32, i32, primsOf, traceOf } from './tracing.js';

describe('the current trace', () => {
  it('exists only while tracing', () => {
    expect(() => currentTrace()).toThrow(TraceError);
    expect(() => constant(1, 'float32')).toThrow('Tensors exist only while a step is being traced.');
    trace((recording) => {
      expect(currentTrace()).toBe(recording);
      return {};
    });
    expect(() => currentTrace()).toThrow(TraceError);
  });

  it('ends with an error, too', () => {
    expect(() =>
      trace(() => {
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect(() => currentTrace()).toThrow(TraceError);
  });

  it('comes back after a nested one', () => {
    trace((outer) => {
      trace((inner) => {
        expect(currentTrace()).toBe(inner);
        return {};
      });
      expect(currentTrace()).toBe(outer);
      return {};
    });
  });

  it('is shared by two copies of this package', () => {
    const holder = globalThis as Record<symbol, unknown>;
    const recording = new Trace(primitives);
    withTrace(recording, () => {
      expect(holder[Symbol.for('@delira/trace')]).toBe(recording);
    });
  });
});

describe('tensors of another trace', () => {
  it('are refused', () => {
    let leaked: Tensor | undefined;
    traceOf([f32(2)], (x) => (leaked = x!.exp()));
    expect(() => traceOf([f32(3)], (x) => x!.add(leaked!))).toThrow(
      'add: its operand %1: float32[2] belongs to another trace. Compute it inside the step that uses it.',
    );
  });
});

describe('errors while tracing', () => {
  it('name the module that failed', () => {
    const failing = (): unknown =>
      trace((recording) => ({
        y: recording.inScope('encoder.conv1', () =>
          recording.feed('x', f32(2, 3)).matmul(recording.feed('w', f32(2, 3))),
        ),
      }));
    expect(failing).toThrow(ShapeError);
    expect(failing).toThrow('In encoder.conv1: matmul of [2, 3], [2, 3]: expected [..., M, K] and [..., K, N]');
  });

  it('name the innermost module, also where a layer throws them itself', () => {
    const failing = (): unknown =>
      trace((recording) =>
        recording.inScope('encoder', () =>
          recording.inScope('encoder.conv1', () => {
            throw new ShapeError('Conv2d takes [N, 1, ?, ?].');
          }),
        ),
      );
    expect(failing).toThrow(new ShapeError('In encoder.conv1: Conv2d takes [N, 1, ?, ?].'));
  });

  it('keep their class', () => {
    expect(() => traceOf([i32(2)], (x) => x!.exp())).toThrow(DTypeError);
    expect(() => traceOf([i32(2)], (x) => x!.exp())).toThrow('exp takes a floating dtype, got int32. Cast it first.');
  });

  it('forget the scope after it', () => {
    trace((recording) => {
      expect(() => recording.inScope('a', () => recording.inScope('a.b', () => JSON.parse('{') as never))).toThrow();
      expect(recording.scope).toBe('');
      return {};
    });
  });
});

describe('feeds, hypers and noise', () => {
  it('are named once', () => {
    expect(() => trace((recording) => ({ a: recording.feed('x', f32()), b: recording.feed('x', f32()) }))).toThrow(
      'The batch entry "x" is fed already.',
    );
  });

  it('give one value for one hyper', () => {
    const program = trace((recording) => ({ y: recording.hyper('lr').add(recording.hyper('lr')) }));
    expect(Object.keys(program.hyper)).toEqual(['lr']);
    expect(new Set(program.nodes[0]!.inputs).size).toBe(1);
  });

  it('number noise that is drawn again in one scope, and name scopes', () => {
    const program = trace((recording) => {
      const draws = [noise.normal('z', [2]), noise.normal('z', [2]), noise.uniform('z', [2])];
      const scoped = recording.inScope('block.0', () => noise.bernoulli('keep', [2], 0.25));
      return { y: [...draws, scoped].reduce((sum, draw) => sum.add(draw)) };
    });
    expect(Object.entries(program.noise).map(([name, { distribution, p }]) => [name, distribution, p])).toEqual([
      ['z', 'normal', undefined],
      ['z#2', 'normal', undefined],
      ['z#3', 'uniform', undefined],
      ['block.0/keep', 'bernoulli', 0.25],
    ]);
  });
});

describe('state cells', () => {
  const weight: StateCell = { aval: f32(2) };
  const names = new Map([[weight, 'weight']]);

  it('are read once', () => {
    const program = trace((recording) => ({ y: recording.read(weight).add(recording.read(weight)) }), { names });
    expect(Object.keys(program.reads)).toEqual(['weight']);
  });

  it('must be reachable from the network', () => {
    expect(() => trace((recording) => ({ y: recording.read({ aval: f32(3) }) }), { names })).toThrow(
      'A variable of shape [3] is not reachable from the network being traced.',
    );
  });

  it('keep shape and dtype when assigned', () => {
    const assign = (next: (recording: Trace) => Tensor) => (): unknown =>
      trace((recording) => (recording.assign(weight, next(recording)), {}), { names, training: true });
    expect(assign((recording) => recording.feed('x', f32(3)))).toThrow(
      'Cannot assign shape [3] to "weight", which has [2].',
    );
    expect(assign((recording) => recording.feed('x', i32(2)))).toThrow(
      'Cannot assign int32 to "weight", which is float32.',
    );
  });

  it('give the new value after an assignment, and write the last', () => {
    const program = trace(
      (recording) => {
        const [a, b] = [recording.feed('a', f32(2)), recording.feed('b', f32(2))];
        const before = recording.read(weight);
        recording.assign(weight, a);
        const between = recording.read(weight);
        recording.assign(weight, b);
        return { before, between, after: recording.read(weight) };
      },
      { names, training: true },
    );
    expect(program.nodes).toEqual([]);
    expect(program.outputs).toEqual({
      before: program.reads['weight'],
      between: program.feeds['a'],
      after: program.feeds['b'],
    });
    expect(program.writes).toEqual({ weight: program.feeds['b'] });
  });

  it('may be assigned while training only', () => {
    expect(() =>
      trace((recording) => (recording.assign(weight, recording.feed('x', f32(2))), {}), { names, name: 'evaluation' }),
    ).toThrow('The program "evaluation" is not a training step but assigns weight.');
  });
});

describe('constants', () => {
  it('keep the full precision of a number beside float32', () => {
    const program = traceOf([f32(2)], (x) => x!.mul(0.9));
    expect([...program.consts.values()]).toEqual([{ dtype: 'float64', shape: [], data: Float64Array.of(0.9) }]);
    expect(program.avals[program.nodes[0]!.inputs[1]!]).toEqual(f32());
  });

  it('take the dtype of the tensor beside them', () => {
    const program = traceOf([i32(2)], (x) => x!.add(3));
    expect([...program.consts.values()]).toEqual([{ dtype: 'int32', shape: [], data: Int32Array.of(3) }]);
  });

  it('keep arrays by reference', () => {
    const array = ndarray([1, 2], [2]);
    const program = traceOf([f32(2)], (x) => x!.add(asTensor(array)));
    expect([...program.consts.values()][0]).toBe(array);
    expect(primsOf(program)).toEqual(['add']);
  });
});
