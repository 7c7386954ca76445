import { type Backend, NonFiniteOutputError, type Sample } from '@delira/core';
import { expectClose, expectEqual } from '@delira/testkit';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOnnxBackend, type OnnxBackend } from '../src/index.js';
import { batchOf, feedsOf, hyper, system } from './support/blockedNet.js';

// A class, declared as a factory.
const sessions = (InferenceSession as unknown as { readonly prototype: InferenceSession }).prototype;

const created: Backend[] = [];

async function backendOf(flavour: 'portable' | 'tuned'): Promise<OnnxBackend> {
  const backend = await createOnnxBackend({ thread: 'inline', flavour });
  created.push(backend);
  return backend;
}
afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

const training = system.traceTrain(batchOf(0));

describe.each(['portable', 'tuned'] as const)('a run that fails (%s)', (flavour) => {
  it('writes nothing when the engine stops in the middle', async () => {
    const backend = await backendOf(flavour);
    const executable = await backend.compile(training);
    const state = await backend.createState(system.initialState(1));
    await executable.run(state, [feedsOf(0)]);
    const before = await state.read();
    vi.spyOn(sessions, 'run').mockRejectedValueOnce(new Error('out of memory'));
    await expect(executable.run(state, [feedsOf(1)])).rejects.toMatchObject({
      code: 'ENGINE',
      message: `ONNX Runtime failed while running "${training.name}": out of memory. Nothing was written.`,
    });
    expect(await state.read()).toEqual(before);
  });

  it('writes nothing of any step when an output that must be finite is not', async () => {
    const backend = await backendOf(flavour);
    const executable = await backend.compile(training);
    const state = await backend.createState(system.initialState(1));
    const before = await state.read();
    const bad = batchOf(1);
    bad['data']!.data[5] = Infinity;
    const failing = executable.run(state, [feedsOf(0), { batch: bad, hyper }], { finite: ['loss'] });
    await expect(failing).rejects.toBeInstanceOf(NonFiniteOutputError);
    await expect(failing).rejects.toMatchObject({ output: 'loss', step: 1 });
    expect(await state.read()).toEqual(before);
  });
});

describe('an executable', () => {
  it('is compiled once: rates, batches, weights and numbers of steps are data', async () => {
    const create = vi.spyOn(InferenceSession, 'create');
    const backend = await backendOf('portable');
    const executable = await backend.compile(training);
    const state = await backend.createState(system.initialState(1));
    expect(create).toHaveBeenCalledTimes(1);
    await executable.run(state, [feedsOf(0)]);
    await executable.run(state, [{ batch: batchOf(1), hyper: { 'default.lr': 0.01 } }]);
    await state.write(system.initialState(2));
    await executable.run(state, [feedsOf(2), feedsOf(3), feedsOf(4)]);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it('shows itself as a model of standard operators that runs by itself, also when it is tuned', async () => {
    const backend = await backendOf('tuned');
    const executable = await backend.compile(system.tracePredict(batchOf(0)));
    const initial = system.initialState(1);
    const state = await backend.createState(initial);
    const bytes = await executable.model();
    expect(Buffer.from(bytes).includes('com.microsoft')).toBe(false);

    const session = await InferenceSession.create(bytes);
    const data = batchOf(0)['data']!;
    const variables = ['first', 'second', 'linear'].map((name) => {
      const { shape, data: values } = initial.get(name)!;
      return [`state:${name}`, new Tensor('float32', values as Float32Array, [...shape])] as const;
    });
    const { 'output:pred': pred } = await session.run({
      positions: new Tensor('int32', Int32Array.of(0), [1]),
      'stacked:batch:data': new Tensor('float32', data.data as Float32Array, [1, ...data.shape]),
      ...Object.fromEntries(variables),
    });
    const [expected] = await executable.run(state, [{ batch: { data } }]);
    expectClose(pred!.data as Float32Array, expected!['pred']!, { rtol: 1e-4, atol: 1e-5 });
    await session.release();
  });

  it('takes no feeds and does nothing', async () => {
    const backend = await backendOf('portable');
    const executable = await backend.compile(training);
    const state = await backend.createState(system.initialState(1));
    expect(await executable.run(state, [])).toEqual([]);
    expect((await state.read(['steps'])).get('steps')!.data[0]).toBe(0);
  });

  it('runs requests in the order they are made', async () => {
    const backend = await backendOf('portable');
    const executable = await backend.compile(training);
    const state = await backend.createState(system.initialState(1));
    const runs = [0, 1, 2].map((step) => executable.run(state, [feedsOf(step)]));
    const between = state.read(['steps']);
    runs.push(executable.run(state, [feedsOf(3)]));
    const outputs: Sample[] = (await Promise.all(runs)).flat();
    expect((await between).get('steps')!.data[0]).toBe(3);

    const again = await backend.createState(system.initialState(1));
    const expected = await executable.run(again, [0, 1, 2, 3].map(feedsOf));
    outputs.forEach((sample, step) => expectEqual(sample['loss']!, expected[step]!['loss']!, `loss ${step}`));
  });
});

describe('usage', () => {
  it('counts what is alive, and runs do not add to it', async () => {
    const backend = await backendOf('tuned');
    expect(await backend.usage()).toEqual({ executables: 0, states: 0, buffers: 0, bytes: 0 });
    const executable = await backend.compile(training);
    const initial = system.initialState(1);
    const state = await backend.createState(initial);
    const plain = [...initial.values()].reduce((total, { data }) => total + data.byteLength, 0);
    expect(await backend.usage()).toEqual({ executables: 1, states: 1, buffers: initial.size, bytes: plain });
    await executable.run(state, [feedsOf(0)]);
    const busy = await backend.usage();
    // A training step writes every variable of this network: each has a second buffer.
    expect(busy.buffers).toBe(2 * initial.size);
    for (let step = 1; step < 20; step++) await executable.run(state, [feedsOf(step)]);
    expect(await backend.usage()).toEqual(busy);
    await executable.dispose();
    await state.dispose();
    expect(await backend.usage()).toEqual({ executables: 0, states: 0, buffers: 0, bytes: 0 });
  });

  it('releases the sessions of what is disposed, also with the backend', async () => {
    const release = vi.spyOn(sessions, 'release');
    const backend = await backendOf('portable');
    const first = await backend.compile(training);
    await backend.compile(training);
    await first.dispose();
    expect(release).toHaveBeenCalledTimes(1);
    await backend.dispose();
    expect(release).toHaveBeenCalledTimes(2);
    await first.dispose();
    await backend.dispose();
    expect(release).toHaveBeenCalledTimes(2);
  });
});
