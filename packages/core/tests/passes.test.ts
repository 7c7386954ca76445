import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decompose,
  full,
  type Node,
  printProgram,
  type Program,
  removeDeadCode,
  removeDuplicates,
  selectOutputs,
  simplify,
  type StateCell,
  type Tensor,
  trace,
  Trace,
  primitives,
  verify,
  withTrace,
  bindAll,
  asTensor,
  conv,
  ndarray,
} from '../src/index.js';
import { f32, i32, nodesOf, primsOf, traceOf } from './tracing.js';

/** Records without simplifying. */
function record(
  body: (recording: Trace) => Readonly<Record<string, Tensor>>,
  names?: ReadonlyMap<StateCell, string>,
): Program {
  const recording = new Trace(primitives, { name: 'raw', training: true, ...(names === undefined ? {} : { names }) });
  return withTrace(recording, () => recording.finish(body(recording)));
}

const weight: StateCell = { aval: f32(3) };
const names = new Map([[weight, 'weight']]);

/** One of everything a Program can hold. */
function complete(): Program {
  return record((recording) => {
    const x = recording.feed('x', f32(2, 3));
    const y = x.mul(recording.read(weight)).add(recording.noise('z', f32(2, 3), 'bernoulli', 0.5));
    recording.assign(weight, recording.read(weight).mul(recording.hyper('decay')));
    return { y, loss: y.sum().mul(0.5) };
  }, names);
}

describe('verify', () => {
  it('accepts a traced Program', () => {
    verify(complete());
    verify(simplify(complete()));
  });

  const change = (changes: (program: Program) => Partial<Program>) => (): void => {
    const program = complete();
    verify({ ...program, ...changes(program) });
  };
  const node = (program: Program, prim: string): Node => program.nodes.find((candidate) => candidate.prim === prim)!;
  const replaced = (program: Program, prim: string, changes: object): readonly Node[] =>
    program.nodes.map((candidate) => (candidate.prim === prim ? { ...candidate, ...changes } : candidate));

  it.each([
    ['a use before the definition', change(({ nodes }) => ({ nodes: [...nodes].reverse() })), 'before it is defined'],
    ['a missing node', change(({ nodes }) => ({ nodes: nodes.slice(1) })), 'before it is defined'],
    ['a node twice', change(({ nodes }) => ({ nodes: [nodes[0]!, ...nodes] })), 'is defined twice'],
    [
      'an unknown primitive',
      change((p) => ({ nodes: replaced(p, 'add', { prim: 'plus' }) })),
      'there is no primitive "plus"',
    ],
    [
      'an inherited name as primitive',
      change((p) => ({ nodes: replaced(p, 'add', { prim: 'toString' }) })),
      'there is no primitive "toString"',
    ],
    [
      'a missing operand',
      change((p) => ({ nodes: replaced(p, 'add', { inputs: node(p, 'add').inputs.slice(1) }) })),
      'add takes 2 operands, got 1',
    ],
    [
      'another shape',
      change((p) => ({ avals: p.avals.map((aval, id) => (id === node(p, 'add').outputs[0] ? f32(2, 4) : aval)) })),
      'add gives float32[2, 3], recorded as float32[2, 4]',
    ],
    [
      'another dtype',
      change((p) => ({ avals: p.avals.map((aval, id) => (id === node(p, 'add').outputs[0] ? i32(2, 3) : aval)) })),
      'recorded as int32[2, 3]',
    ],
    ['a value without a shape', change((p) => ({ avals: p.avals.slice(0, -1) })), 'has no shape'],
    [
      'another number of outputs',
      change((p) => ({ nodes: replaced(p, 'add', { outputs: [] }) })),
      'add has 0 outputs, expected 1',
    ],
    ['an output of nothing', change(() => ({ outputs: { y: 999 } })), 'output y uses %999 before it is defined'],
    ['a write of nothing', change(() => ({ writes: { weight: 999 } })), 'write weight uses %999'],
    [
      'a write without a read',
      change((p) => ({ writes: { bias: p.writes['weight']! } })),
      'state bias is written but never read',
    ],
    [
      'a write of another shape',
      change((p) => ({ writes: { weight: p.outputs['y']! } })),
      'state weight changes from float32[3] to float32[2, 3]',
    ],
    [
      'a feed that is also a read',
      change((p) => ({ feeds: { ...p.feeds, y: p.reads['weight']! } })),
      'is defined twice',
    ],
    [
      'a hyper that is no scalar',
      change((p) => ({ hyper: { decay: p.feeds['x']! }, feeds: {} })),
      'hyper decay is not a scalar',
    ],
    [
      'noise without its probability',
      change((p) => ({ noise: { z: { id: p.noise['z']!.id, distribution: 'bernoulli' } } })),
      'noise z needs a probability, got undefined',
    ],
    ['noise with an impossible one', change((p) => ({ noise: { z: { ...p.noise['z']!, p: 1.5 } } })), 'got 1.5'],
    [
      'a const of another shape',
      change((p) => ({ consts: new Map([...p.consts.keys()].map((id) => [id, full([2], 1)])) })),
      'does not match its shape',
    ],
    [
      'a const of another dtype',
      change((p) => ({ consts: new Map([...p.consts.keys()].map((id) => [id, full([], 1, 'int32')])) })),
      'does not match its shape',
    ],
  ])('refuses %s', (_, action, message) => {
    expect(action).toThrow('Program "raw" is not valid');
    expect(action).toThrow(message);
  });
});

describe('simplify', () => {
  it('merges equal nodes, also through their operands', () => {
    const program = record((recording) => {
      const x = recording.feed('x', f32(3));
      return { y: x.exp().mul(2).add(x.exp().mul(2)) };
    });
    expect(primsOf(program)).toEqual(['exp', 'mul', 'exp', 'mul', 'add']);
    expect(nodesOf(simplify(program))).toEqual([
      '%1: float32[3] = exp(%0)',
      '%3: float32[3] = mul(%1, %2)',
      '%7: float32[3] = add(%3, %3)',
    ]);
  });

  it('keeps nodes apart whose attributes, operands or constants differ', () => {
    const program = record((recording) => {
      const x = recording.feed('x', f32(3, 3));
      return {
        y: x
          .sum([0])
          .add(x.sum([1]))
          .add(x.sum([0]).mul(0))
          .add(x.sum([0]).mul(-0))
          .sub(x.sum([1])),
      };
    });
    expect(primsOf(simplify(program))).toEqual(['reduceSum', 'reduceSum', 'add', 'mul', 'add', 'mul', 'add', 'sub']);
  });

  it('keeps constants of two dtypes apart', () => {
    const program = record((recording) => ({
      a: recording.feed('x', f32()).add(1),
      b: recording.feed('n', { shape: [], dtype: 'float64' }).add(1),
    }));
    const simplified = simplify(program);
    verify(simplified);
    expect(simplified.consts.size).toBe(2);
  });

  it('drops what nothing needs, but no feed', () => {
    const program = record((recording) => {
      const x = recording.feed('x', f32(3));
      recording.feed('unused', f32(1));
      recording.hyper('unused').mul(recording.noise('unused', f32(), 'normal'));
      recording.read(weight).exp();
      return { y: x.neg() };
    }, names);
    const simplified = simplify(program);
    expect(primsOf(simplified)).toEqual(['neg']);
    expect(Object.keys(simplified.feeds)).toEqual(['x', 'unused']);
    expect([simplified.hyper, simplified.noise, simplified.reads]).toEqual([{}, {}, {}]);
    expect(simplified.consts.size).toBe(0);
  });

  it('keeps a state read that is only written', () => {
    const program = record((recording) => {
      recording.assign(weight, recording.feed('x', f32(3)));
      return {};
    }, names);
    const simplified = simplify(program);
    expect(Object.keys(simplified.reads)).toEqual(['weight']);
    verify(simplified);
  });

  it('keeps all outputs of a node of which one is needed', () => {
    const program = record((recording) => {
      const [, mean] = bindAll(
        'batchNorm',
        [recording.feed('x', f32(4, 3)), recording.feed('s', f32(3)), recording.feed('b', f32(3))],
        { epsilon: 1e-5 },
      );
      return { mean: mean! };
    });
    expect(simplify(program).nodes[0]!.outputs).toHaveLength(3);
    verify(simplify(program));
  });

  it('forgets stopGradient, which only gradients care about', () => {
    const program = record((recording) => ({ y: recording.feed('x', f32(3)).stopGradient().exp().stopGradient() }));
    expect(primsOf(simplify(program))).toEqual(['exp']);
  });

  /** A Program of random nodes over three inputs. */
  const programs = fc
    .array(fc.record({ op: fc.constantFrom('add', 'mul', 'exp', 'neg', 'stop'), a: fc.nat(), b: fc.nat() }), {
      minLength: 1,
      maxLength: 20,
    })
    .map((steps) =>
      record((recording) => {
        const values = ['x', 'y', 'z'].map((name) => recording.feed(name, f32(2)));
        for (const { op, a, b } of steps) {
          const [left, right] = [values[a % values.length]!, values[b % values.length]!];
          const results = {
            add: () => left.add(right),
            mul: () => left.mul(right),
            exp: () => left.exp(),
            neg: () => left.neg(),
            stop: () => left.stopGradient(),
          };
          values.push(results[op as keyof typeof results]());
        }
        return { y: values.at(-1)!, z: values[values.length >> 1]! };
      }),
    );

  it('gives a valid Program, the same again when repeated, without duplicates or dead nodes', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const simplified = simplify(program);
        verify(simplified);
        expect(simplify(simplified)).toEqual(simplified);
        const keys = simplified.nodes.map(({ prim, inputs }) => `${prim} ${inputs.join()}`);
        expect(new Set(keys).size).toBe(keys.length);
        const used = new Set([
          ...simplified.nodes.flatMap(({ inputs }) => inputs),
          ...Object.values(simplified.outputs),
        ]);
        expect(simplified.nodes.every(({ outputs }) => outputs.some((id) => used.has(id)))).toBe(true);
      }),
      { seed: 4 },
    );
  });

  it('changes no result', () => {
    const evaluate = ({ nodes, feeds, outputs }: Program): number[] => {
      const values = new Map(Object.values(feeds).map((id, index) => [id, 0.3 + 0.2 * index]));
      for (const { prim, inputs, outputs: results } of nodes) {
        const [a = 0, b = 0] = inputs.map((id) => values.get(id)!);
        const known: Readonly<Record<string, number>> = {
          add: a + b,
          mul: a * b,
          exp: Math.exp(a),
          neg: -a,
          stopGradient: a,
        };
        values.set(results[0]!, known[prim]!);
      }
      return Object.values(outputs).map((id) => values.get(id)!);
    };
    fc.assert(
      fc.property(programs, (program) => {
        expect(evaluate(simplify(program))).toEqual(evaluate(program));
      }),
      { seed: 5 },
    );
  });

  it('is two passes', () => {
    const program = complete();
    expect(simplify(program)).toEqual(removeDeadCode(removeDuplicates(program)));
  });
});

describe('selectOutputs', () => {
  it('keeps the outputs named and what they need', () => {
    const program = traceOf([f32(2)], (x) => x!.exp());
    const two = { ...program, outputs: { ...program.outputs, x: program.feeds['x0']! } };
    expect(selectOutputs(two, ['x']).nodes).toEqual([]);
    expect(Object.keys(selectOutputs(two, ['x']).outputs)).toEqual(['x']);
    expect(() => selectOutputs(two, ['z'])).toThrow('Program "program" has no output "z". It has: y, x.');
  });
});

describe('decompose', () => {
  it('replaces the nodes picked, and leaves the rest', () => {
    const program = traceOf([f32(2, 3, 4, 4), f32(3, 3, 1, 1)], (x, kernel) => {
      const ones = asTensor(ndarray([1, 1, 1], [3]));
      const [y] = bindAll('batchNorm', [conv(x!, kernel!), ones, ones], { epsilon: 1e-5 });
      return y!.relu();
    });
    const parts = decompose(program, ({ prim }) => prim === 'batchNorm');
    verify(parts);
    expect(primsOf(parts)).not.toContain('batchNorm');
    expect(primsOf(parts)[0]).toBe('conv');
    expect(primsOf(parts).at(-1)).toBe('relu');
    expect(decompose(program, () => false)).toEqual(program);
  });

  it('keeps names, scopes and a result that is the node itself', () => {
    const program = trace((recording) =>
      recording.inScope('norm', () => {
        const channel = recording.feed('c', f32(3));
        const [y, mean] = bindAll('batchNorm', [recording.feed('x', f32(5, 3)), channel, channel], { epsilon: 1e-5 });
        return { y: y!, mean: mean! };
      }),
    );
    const parts = decompose(program, () => true);
    verify(parts);
    expect(new Set(parts.nodes.map(({ scope }) => scope))).toEqual(new Set(['norm']));
    expect(parts.avals[parts.outputs['mean']!]).toEqual(f32(3));
  });
});

describe('printProgram', () => {
  it('is stable text, one line for each value', () => {
    expect(printProgram(simplify(complete()))).toBe(
      [
        'program raw',
        '  %0: float32[2, 3] = feed x',
        '  %5: float32[] = hyper decay',
        '  %3: float32[2, 3] = noise z bernoulli(0.5)',
        '  %1: float32[3] = read weight',
        '  %9: float32[] = const (0.5)',
        '  %2: float32[2, 3] = mul(%0, %1)',
        '  %4: float32[2, 3] = add(%2, %3)',
        '  %6: float32[3] = mul(%1, %5)',
        '  %8: float32[] = reduceSum(%4) {axes=[0,1]}',
        '  %10: float32[] = mul(%8, %9)',
        '  write weight = %6',
        '  output y = %4',
        '  output loss = %10',
      ].join('\n'),
    );
  });

  it('shows scopes and the beginning of a long constant', () => {
    const program = trace((recording) => ({
      y: recording.inScope('head', () => recording.feed('x', f32(6)).add(asTensor(full([6], 2)))),
    }));
    expect(printProgram(program).split('\n')).toEqual([
      'program program',
      '  %0: float32[6] = feed x',
      '  %1: float32[6] = const (2, 2, 2, …)',
      '  %2: float32[6] = add(%0, %1)  # head',
      '  output y = %2',
    ]);
  });
});
