import { describe, expect, it } from 'vitest';
import {
  checkBatch,
  checkFeeds,
  checkFinite,
  checkSupported,
  type DType,
  dtypes,
  full,
  InputError,
  type InputSpec,
  type LoweringTable,
  ndarray,
  noise,
  NonFiniteOutputError,
  type PrimitiveName,
  primitives,
  type Program,
  type Sample,
  trace,
} from '../src/index.js';
import { Regression } from './regression.js';
import { f32, traceOf } from './tracing.js';

describe('checkBatch', () => {
  const inputs: Readonly<Record<string, InputSpec>> = {
    data: { shape: [1, null, null], dtype: 'float32' },
    label: { shape: [], dtype: 'int32', range: [0, 9] },
  };
  const good: Sample = { data: full([3, 1, 4, 5], 0), label: ndarray([0, 9, 5], [3], 'int32') };

  it('accepts what fits', () => {
    checkBatch(good, inputs);
    checkBatch({ data: good['data']! }, inputs, ['data']);
    checkBatch({ ...good, caseId: full([7], 0) }, inputs);
  });

  it('accepts a batch without an optional entry, and checks one that is there', () => {
    const specs = { ...inputs, noise: { shape: [2], dtype: 'float32', optional: true } } as const;
    checkBatch(good, specs);
    checkBatch({ ...good, noise: full([3, 2], 0) }, specs);
    expect(() => {
      checkBatch({ ...good, noise: full([3, 4], 0) }, specs);
    }).toThrow('Batch entry "noise" has shape [3, 4]; expected [N, 2].');
  });

  it.each<[string, Sample, string]>([
    ['a missing entry', { data: good['data']! }, 'The batch has no entry "label". It has: data.'],
    ['another shape', { ...good, data: full([3, 2, 4, 5], 0) }, 'has shape [3, 2, 4, 5]; expected [N, 1, ?, ?].'],
    ['another rank', { ...good, data: full([3, 4, 5], 0) }, 'has shape [3, 4, 5]; expected [N, 1, ?, ?].'],
    ['a scalar', { ...good, label: full([], 0, 'int32') }, 'Batch entry "label" has shape []; expected [N].'],
    ['another dtype', { ...good, label: full([3], 0) }, 'Batch entry "label" is float32; expected int32.'],
    [
      'another number of rows',
      { ...good, label: full([2], 0, 'int32') },
      'Batch entry "label" has 2 rows, other entries have 3.',
    ],
    [
      'a label too large',
      { ...good, label: ndarray([0, 10, 5], [3], 'int32') },
      '"label" holds 10 (row 1 of the batch); allowed is 0 to 9.',
    ],
    ['a negative label', { ...good, label: ndarray([0, 1, -1], [3], 'int32') }, 'holds -1 (row 2 of the batch)'],
  ])('refuses %s', (_, batch, message) => {
    expect(() => {
      checkBatch(batch, inputs);
    }).toThrow(InputError);
    expect(() => {
      checkBatch(batch, inputs);
    }).toThrow(message);
  });

  it('finds the row of a value deep inside, and NaN outside of any range', () => {
    const spec = { map: { shape: [2, 2], dtype: 'float32', range: [0, 1] } } as const;
    const map = full([3, 2, 2], 0.5);
    map.data[9] = NaN;
    expect(() => {
      checkBatch({ map }, spec);
    }).toThrow('"map" holds NaN (row 2 of the batch)');
  });
});

describe('prepareBatch', () => {
  it('casts to the dtypes of the inputs and changes nothing it was given', () => {
    const batch: Sample = {
      data: ndarray([0, 255], [1, 2], 'uint8'),
      label: ndarray([1], [1, 1], 'int32'),
      id: ndarray([3], [1], 'int32'),
    };
    const before = structuredClone(batch);
    const prepared = new Regression().prepareBatch(batch);
    expect(prepared).toEqual({ data: ndarray([0, 255], [1, 2]), label: ndarray([1], [1, 1]), id: batch['id'] });
    expect(batch).toEqual(before);
  });
});

describe('checkFeeds', () => {
  const program = trace(
    (recording) => ({
      y: recording
        .feed('data', f32(2))
        .mul(recording.hyper('lr'))
        .add(noise.normal('z', [2])),
    }),
    { name: 'step' },
  );
  const good = { batch: { data: full([2], 1) }, hyper: { lr: 0.1 }, seed: [0, 0] } as const;

  it('accepts what fits, and more', () => {
    checkFeeds(program, good);
    checkFeeds(program, { ...good, batch: { ...good.batch, label: full([9], 1) }, hyper: { lr: NaN, other: 1 } });
  });

  it.each([
    ['no batch', { ...good, batch: {} }, 'takes the batch entry "data", but the batch has: none.'],
    ['another name', { ...good, batch: { date: full([2], 1) } }, 'the batch has: date. Did you mean "date"?'],
    [
      'another dtype',
      { ...good, batch: { data: full([2], 1, 'float64') } },
      'Batch entry "data" is float64; program "step" takes float32.',
    ],
    [
      'another shape',
      { ...good, batch: { data: full([3], 1) } },
      'has shape [3]; program "step" was compiled for [2].',
    ],
    ['no hyper', { ...good, hyper: {} }, 'takes the hyper "lr", but got: none.'],
    [
      'a hyper that is no number',
      { ...good, hyper: { lr: '0.1' as never } },
      'The hyper "lr" must be a number, got string.',
    ],
    [
      'no seed',
      { batch: good.batch, hyper: good.hyper },
      'Program "step" draws noise (z). Pass feeds.seed = [seed, step].',
    ],
  ])('refuses %s', (_, feeds, message) => {
    expect(() => {
      checkFeeds(program, feeds);
    }).toThrow(InputError);
    expect(() => {
      checkFeeds(program, feeds);
    }).toThrow(message);
  });
});

describe('checkFinite', () => {
  const outputs: readonly Sample[] = [
    { loss: full([], 1), other: full([], NaN) },
    { loss: ndarray([1, Infinity], [2]), other: full([], 0) },
  ];

  it('blames the first step that is not finite', () => {
    checkFinite(outputs.slice(0, 1), ['loss']);
    checkFinite(outputs, ['missing']);
    expect(() => {
      checkFinite(outputs, ['loss']);
    }).toThrow(new NonFiniteOutputError('loss', 1, Infinity));
    expect(() => {
      checkFinite(outputs, ['loss', 'other']);
    }).toThrow(new NonFiniteOutputError('other', 0, NaN));
  });
});

describe('checkSupported', () => {
  const native = Object.fromEntries(
    Object.keys(primitives).map((prim) => [prim, () => []]),
  ) as unknown as LoweringTable<unknown>;
  const check =
    (program: Program, table: Partial<LoweringTable<unknown>> = {}, held: readonly DType[] = dtypes) =>
    (): void => {
      checkSupported(program, { name: 'toy', dtypes: new Set(held), lowerings: { ...native, ...table } });
    };
  const program = traceOf([f32(2, 3)], (x) => x!.sum([1]));

  it('accepts what a backend lowers or decomposes', () => {
    check(program)();
  });

  it('names primitive, operands, attributes and scope', () => {
    const scoped = trace((recording) => ({
      y: recording.inScope('head', () => recording.feed('x', f32(2, 3)).sum([1])),
    }));
    expect(check(scoped, { reduceSum: { unsupported: 'too slow' } })).toThrow(
      'In head: the backend "toy" cannot run reduceSum(float32[2, 3]) with attributes {"axes":[1]}: too slow',
    );
  });

  it('refuses a decomposition there is not', () => {
    expect(check(program, { reduceSum: 'decompose' })).toThrow('the primitive has no decomposition');
  });

  it('refuses dtypes a backend does not hold', () => {
    expect(check(program, {}, ['int32'])).toThrow('it does not compute float32. It holds: int32.');
  });

  it('refuses primitives of another version of core, also under inherited names', () => {
    for (const prim of ['fft', 'toString']) {
      const newer = { ...program, nodes: [{ ...program.nodes[0]!, prim: prim as PrimitiveName }] };
      expect(check(newer)).toThrow('it does not know this primitive.');
    }
  });
});
