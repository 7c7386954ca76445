import { asTensor, type Backend, full, ndarray, noise, trace, type StateCell } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { createBackend, createNullBackend, createReferenceBackend } from '../src/index.js';

const weight: StateCell = { aval: { shape: [2], dtype: 'float32' } };
const half: StateCell = { aval: { shape: [1], dtype: 'float16' } };

function program(): ReturnType<typeof trace> {
  return trace(
    (recording) => {
      const x = recording.feed('x', { shape: [2], dtype: 'float32' });
      recording.assign(weight, recording.read(weight).add(x.mul(recording.hyper('lr'))));
      return { y: recording.read(weight), count: recording.feed('n', { shape: [], dtype: 'int32' }).add(1) };
    },
    { training: true, names: new Map([[weight, 'weight']]) },
  );
}

const feeds = { batch: { x: ndarray([1, 2], [2]), n: full([], 4, 'int32') }, hyper: { lr: 0.1 } };
const initial = new Map([['weight', ndarray([0, 1], [2])]]);

describe('the reference backend', () => {
  it('holds and gives float64, and rounds no hyper', async () => {
    const backend = createReferenceBackend();
    const state = await backend.createState(initial);
    const executable = await backend.compile(program());
    const [outputs] = await executable.run(state, [feeds]);
    expect(outputs).toEqual({
      y: { dtype: 'float64', shape: [2], data: Float64Array.of(0.1, 1 + 0.2) },
      count: { dtype: 'int32', shape: [], data: Int32Array.of(5) },
    });
    expect(await state.read()).toEqual(new Map([['weight', outputs!['y']]]));
  });

  it('reads float16 as numbers', async () => {
    const backend = createReferenceBackend();
    const state = await backend.createState(
      new Map([['half', { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3e00) }]]),
    );
    const executable = await backend.compile(
      trace((recording) => ({ y: recording.read(half).cast('float32').mul(2) }), { names: new Map([[half, 'half']]) }),
    );
    const [outputs] = await executable.run(state, [{}]);
    expect([...outputs!['y']!.data]).toEqual([3]);
  });

  it('borrows what it is fed', async () => {
    const backend = createReferenceBackend();
    const x = ndarray([1, 2], [2]);
    const executable = await backend.compile(
      trace((recording) => ({ x: recording.feed('x', x), n: asTensor(ndarray([5], [1], 'int32')) })),
    );
    const state = await backend.createState(new Map());
    const [outputs] = await executable.run(state, [{ batch: { x } }]);
    outputs!['x']!.data.fill(7);
    outputs!['n']!.data.fill(7);
    expect([...x.data]).toEqual([1, 2]);
    const [again] = await executable.run(state, [{ batch: { x } }]);
    expect([...again!['n']!.data]).toEqual([5]);
  });

  it('is what discovery creates', async () => {
    expect((await createBackend()).name).toBe('reference');
  });
});

describe('the null backend', () => {
  it('gives zeros of the Program’s shapes and dtypes, and keeps the state', async () => {
    const backend: Backend = createNullBackend();
    const state = await backend.createState(initial);
    const executable = await backend.compile(program());
    const zeros = { y: full([2], 0), count: full([], 0, 'int32') };
    expect(await executable.run(state, [feeds, feeds])).toEqual([zeros, zeros]);
    expect(await state.read()).toEqual(initial);
    await state.write(new Map([['weight', ndarray([5, 6], [2], 'float64')]]));
    expect((await state.read()).get('weight')).toEqual(ndarray([5, 6], [2]));
  });

  it('checks feeds, Programs and the end of life like any backend', async () => {
    const backend = createNullBackend();
    const state = await backend.createState(initial);
    const executable = await backend.compile(program());
    await expect(executable.run(state, [{}])).rejects.toMatchObject({ code: 'INPUT' });
    await expect(backend.compile({ ...program(), outputs: { y: 999 } })).rejects.toMatchObject({ code: 'PROGRAM' });
    const noisy = await backend.compile(trace(() => ({ z: noise.normal('z', [2]) })));
    await expect(noisy.run(state, [{}])).rejects.toThrow('draws noise (z)');
    await backend.dispose();
    await expect(executable.run(state, [feeds])).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(state.read()).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
