import {
  bind,
  bindAll,
  constant,
  full,
  gradients,
  type Program,
  type Tensor,
  trace,
  type StateCell,
} from '@delira/core';
import * as tensorflow from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTfjsBackend, type TfjsBackend } from '../src/index.js';

const kernel: StateCell = { aval: { shape: [4, 2, 3, 3], dtype: 'float32' } };
const same = {
  strides: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
  dilation: [1, 1],
  groups: 1,
} as const;
const pool = {
  window: [2, 2],
  strides: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
} as const;

/** A convolution that learns to give nothing. */
const trainingOn = (size: number): Program =>
  trace(
    (recording) => {
      const x = recording.feed('x', { shape: [1, 2, size, size], dtype: 'float32' });
      const weight = recording.read(kernel);
      const y = bind('maxPool', [bind('relu', [bind('conv', [x, weight], same)], {})], pool);
      const loss = y.mul(y).mean();
      const [gradient] = gradients(loss, [weight]);
      recording.assign(kernel, weight.sub(gradient!.mul(recording.hyper('lr'))));
      return { loss };
    },
    { name: 'training', training: true, names: new Map([[kernel, 'kernel']]) },
  );
const training = trainingOn(4);
const initial = (): Map<string, ReturnType<typeof full>> => new Map([['kernel', full([4, 2, 3, 3], 0.125)]]);
const feedsOn = (size: number) => ({ batch: { x: full([1, 2, size, size], 0.5) }, hyper: { lr: 0.01 } });
const feeds = feedsOn(4);

let backend: TfjsBackend;
beforeAll(async () => {
  backend = await createTfjsBackend({ engine: 'cpu' });
});
afterAll(() => backend.dispose());

async function withRun<T>(
  program: Program,
  body: (run: () => Promise<unknown>, read: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const executable = await backend.compile(program);
  const state = await backend.createState(program.reads['kernel'] === undefined ? new Map() : initial());
  try {
    return await body(
      () => executable.run(state, [feeds]),
      () => state.read(),
    );
  } finally {
    await Promise.all([executable.dispose(), state.dispose()]);
  }
}

describe('tensors', () => {
  it('are as many after 1,000 steps as after the first', () =>
    withRun(training, async (run) => {
      await run();
      const { tensors, bytes } = backend.usage();
      for (let step = 0; step < 1000; step++) await run();
      expect(backend.usage()).toEqual({ tensors, bytes });
    }));

  it('are none of ours once all is disposed', async () => {
    const before = backend.usage();
    await withRun(training, (run) => run());
    expect(backend.usage()).toEqual(before);
  });

  it('are given back by a run that fails, which writes nothing', () =>
    withRun(training, async (run, read) => {
      await run();
      const [before, { tensors }] = [await read(), backend.usage()];
      const { engine } = tensorflow;
      const original = engine().runKernel.bind(engine());
      const spy = vi.spyOn(engine(), 'runKernel').mockImplementation((name, inputs, attrs) => {
        if (name === 'MaxPoolGrad') throw new Error('out of memory');
        return original(name, inputs, attrs);
      });
      await expect(run()).rejects.toMatchObject({
        code: 'ENGINE',
        message:
          'the engine failed in maxPoolGrad([1, 4, 4, 4], [1, 4, 2, 2], [1, 4, 2, 2]) of program "training": out of memory. Nothing was written. Try a smaller batch, or another engine.',
      });
      spy.mockRestore();
      expect(backend.usage().tensors).toBe(tensors);
      expect(await read()).toEqual(before);
    }));
});

/** How often a program moves axes. */
async function transposes(program: Program, size = 4): Promise<number> {
  const executable = await backend.compile(program);
  const state = await backend.createState(initial());
  await executable.run(state, [feedsOn(size)]);
  const spy = vi.spyOn(tensorflow.engine(), 'runKernel');
  await executable.run(state, [feedsOn(size)]);
  const count = spy.mock.calls.filter(([name]) => name === 'Transpose').length;
  spy.mockRestore();
  await Promise.all([executable.dispose(), state.dispose()]);
  return count;
}

const predicting = (finish: (y: Tensor) => Tensor): Program =>
  trace(
    (recording) => {
      const x = recording.feed('x', { shape: [1, 2, 4, 4], dtype: 'float32' });
      const features = bind('conv', [x, recording.read(kernel)], same);
      const [normal] = bindAll('batchNorm', [features, asOnes(4), asOnes(4)], { epsilon: 1e-5 });
      const pooled = bind('maxPool', [bind('relu', [normal!], {}).mul(2).add(features)], pool);
      return { y: finish(bind('concat', [pooled, pooled], { axis: 1 })) };
    },
    { names: new Map([[kernel, 'kernel']]) },
  );
const asOnes = (channels: number): Tensor => bind('broadcastTo', [constant(1, 'float32')], { shape: [channels] });

describe('layouts', () => {
  it('are changed where a map enters and where it leaves', async () => {
    expect(await transposes(predicting((y) => y))).toBe(2);
  });

  it('are not changed for a transpose that undoes the change, nor for a sum over the map', async () => {
    expect(await transposes(predicting((y) => y.transpose([0, 2, 3, 1])))).toBe(1);
    expect(await transposes(predicting((y) => y.sum([0, 2, 3])))).toBe(1);
  });

  it('of trained kernels stay those of the engine from step to step', async () => {
    // Of the image, once for the convolution and once for the kernel's gradient.
    expect(await transposes(trainingOn(16), 16)).toBe(2);
  });
});

describe('dtypes', () => {
  it('float64 is refused at compile, with the primitive and its scope', async () => {
    const program = trace((recording) =>
      recording.inScope('encoder.norm', () => ({
        y: recording.feed('x', { shape: [2], dtype: 'float32' }).cast('float64'),
      })),
    );
    await expect(backend.compile(program)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message:
        'In encoder.norm: the backend "tfjs (cpu)" cannot run cast(float32[2]) with attributes {"dtype":"float64"}: it does not compute float64. It holds: float32, int32, uint8, bool.',
    });
  });

  it('a variable of float64 is refused', async () => {
    await expect(backend.createState(new Map([['mean', full([2], 0, 'float64')]]))).rejects.toMatchObject({
      code: 'DTYPE',
      message: 'The variable "mean" is float64, which tfjs does not hold. Cast it to float32.',
    });
  });

  it('bytes wrap around', async () => {
    const program = trace((recording) => {
      const x = recording.feed('x', { shape: [3], dtype: 'uint8' });
      return { sum: x.add(x), difference: x.sub(x.add(x)) };
    });
    const executable = await backend.compile(program);
    const state = await backend.createState(new Map());
    const x = { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 100, 200) } as const;
    const [outputs] = await executable.run(state, [{ batch: { x } }]);
    expect(outputs!['sum']).toEqual({ dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 200, 144) });
    expect(outputs!['difference']!.data).toEqual(Uint8Array.of(0, 156, 56));
    await Promise.all([executable.dispose(), state.dispose()]);
  });
});

it('two backends with different engines take turns', async () => {
  const wasm = await createTfjsBackend({ engine: 'wasm' });
  const losses: unknown[] = [];
  for (const one of [wasm, backend, wasm]) {
    const executable = await one.compile(training);
    const state = await one.createState(initial());
    const [outputs] = await executable.run(state, [feeds]);
    losses.push(outputs!['loss']!.data[0]);
    await Promise.all([executable.dispose(), state.dispose()]);
  }
  expect(losses[2]).toBe(losses[0]);
  expect(losses[1]).toBeCloseTo(losses[0] as number, 5);
  await wasm.dispose();
});
