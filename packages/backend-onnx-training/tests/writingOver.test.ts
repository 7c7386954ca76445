import {
  createRng,
  type Feeds,
  type NDArray,
  Network,
  type Optimizer,
  type Step,
  type Tensor,
  TrainableSystem,
  type Variable,
} from '@delira/core';
import { expectClose, expectEqual, randomArray } from '@delira/testkit';
import { InferenceSession, type Tensor as EngineTensor } from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOnnxBackend, type OnnxBackend } from '../src/index.js';

interface Rows {
  readonly data: Tensor;
}

/** Two matrix products; the first matrix is large enough to be updated in rows, and its value is read backwards, too. */
class LargeNet extends Network<Rows, { pred: Tensor }> {
  readonly config = {};
  readonly inputs = { data: { shape: [1024], dtype: 'float32' } } as const;
  readonly large: Variable = this.param([1024, 512], (rng, shape) =>
    randomArray({ shape, dtype: 'float32' }, [-0.05, 0.05], rng),
  );
  readonly bias: Variable = this.param([512], (rng, shape) => randomArray({ shape, dtype: 'float32' }, [-1, 1], rng));

  predict({ data }: Rows): { pred: Tensor } {
    const hidden = data.matmul(this.large.value).add(this.bias.value).relu();
    return { pred: hidden.matmul(this.large.value.transpose([1, 0])) };
  }

  override trainStep(batch: Rows, step: Step<Rows, { pred: Tensor }>): Readonly<Record<string, Tensor>> {
    const error = this.predict(batch).pred.sub(batch.data);
    const loss = error.mul(error).mean();
    step.minimize('default', loss);
    return { loss };
  }
}

/** Adam without the correction of its first steps: two slots. */
const adaptive: Optimizer = {
  hyper: { lr: 1e-3 },
  init: (params) =>
    Object.fromEntries(
      params.flatMap(({ name, shape, dtype }) =>
        ['first', 'second'].map((slot) => [`${name}.${slot}`, { shape, dtype, fill: 0 }]),
      ),
    ),
  update(gradients, state, { names, hyper }) {
    const next = gradients.map((gradient, index) => ({
      name: names[index]!,
      first: state[`${names[index]!}.first`]!.mul(0.9).add(gradient.mul(0.1)),
      second: state[`${names[index]!}.second`]!.mul(0.99).add(gradient.mul(gradient).mul(0.01)),
    }));
    return [
      next.map(({ first, second }) => first.div(second.sqrt().add(1e-6)).mul(hyper('lr')).neg()),
      Object.fromEntries(
        next.flatMap(({ name, first, second }) => [
          [`${name}.first`, first],
          [`${name}.second`, second],
        ]),
      ),
    ];
  },
};

const system = new TrainableSystem(new LargeNet(), { optimizers: { default: adaptive } });

const feedsOf = (step: number, spoiled = NaN): Feeds => {
  const data = randomArray({ shape: [4, 1024], dtype: 'float32' }, [-1, 1], createRng(step));
  if (!Number.isNaN(spoiled)) data.data[9] = spoiled;
  return { batch: { data }, hyper: system.hyper };
};

const training = system.traceTrain(feedsOf(0).batch ?? {});
const initial = system.initialState(3);
const finite = { finite: ['loss'] };
const sessions = (InferenceSession as unknown as { readonly prototype: InferenceSession }).prototype;

const created: OnnxBackend[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const backend of created.splice(0)) await backend.dispose();
});

async function start(flavour: 'portable' | 'tuned') {
  const backend = await createOnnxBackend({ thread: 'inline', flavour });
  created.push(backend);
  return { backend, executable: await backend.compile(training), state: await backend.createState(initial) };
}

const equalStates = (actual: ReadonlyMap<string, NDArray>, expected: ReadonlyMap<string, NDArray>): void => {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, array] of actual) expectEqual(array, expected.get(name)!, name);
};

describe('variables that a run writes over', () => {
  it('have one buffer: only small ones have a second', async () => {
    const { backend, executable, state } = await start('tuned');
    await executable.run(state, [feedsOf(0)], finite);
    // Values and both slots of Adam are as large as each other.
    expect((await backend.usage()).buffers).toBe(2 * initial.size - 3);
  });

  it('are those of several steps in one call, bit for bit, and those of portable training', async () => {
    const [single, several, portable] = [await start('tuned'), await start('tuned'), await start('portable')];
    const feeds = [0, 1, 2, 3].map((step) => feedsOf(step));
    for (const feed of feeds) await single.executable.run(single.state, [feed], finite);
    await several.executable.run(several.state, feeds, finite);
    for (const feed of feeds) await portable.executable.run(portable.state, [feed], finite);
    const values = await single.state.read();
    equalStates(values, await several.state.read());
    for (const [name, array] of await portable.state.read())
      expectClose(values.get(name)!, array, { rtol: 1e-4, atol: 1e-6 }, name);
  });

  it('stay as they were after a step that is not finite, and go on from there', async () => {
    const { executable, state } = await start('tuned');
    await executable.run(state, [feedsOf(0)], finite);
    const before = await state.read();
    for (const spoiled of [Infinity, 1e30])
      await expect(executable.run(state, [feedsOf(1, spoiled)], finite)).rejects.toMatchObject({ output: 'loss' });
    equalStates(await state.read(), before);
    await executable.run(state, [feedsOf(2)], finite);

    const undisturbed = await start('tuned');
    for (const step of [0, 2]) await undisturbed.executable.run(undisturbed.state, [feedsOf(step)], finite);
    equalStates(await state.read(), await undisturbed.state.read());
  });

  it('are written by a step that nobody wants to be finite', async () => {
    const { executable, state } = await start('tuned');
    await executable.run(state, [feedsOf(0, Infinity)]);
    expect((await state.read(['bias'])).get('bias')!.data.some(Number.isNaN)).toBe(true);
    expect((await state.read(['large'])).get('large')!.data.some(Number.isNaN)).toBe(true);
  });

  it('stay as they were when the engine fails before it writes', async () => {
    const { executable, state } = await start('tuned');
    await executable.run(state, [feedsOf(0)], finite);
    const before = await state.read();
    vi.spyOn(sessions, 'run').mockRejectedValueOnce(new Error('out of memory'));
    await expect(executable.run(state, [feedsOf(1)], finite)).rejects.toThrow('out of memory. Nothing was written.');
    equalStates(await state.read(), before);
  });

  it('are lost, and say so, when the engine fails while it writes', async () => {
    const { backend, executable, state } = await start('tuned');
    vi.spyOn(sessions, 'run').mockImplementationOnce((_, places) => {
      const { passed } = places as unknown as Readonly<Record<string, EngineTensor>>;
      (passed!.data as Uint8Array)[0] = 1;
      return Promise.reject(new Error('out of memory'));
    });
    await expect(executable.run(state, [feedsOf(1)], finite)).rejects.toThrow(
      'out of memory. It had begun to write the state, which is lost.',
    );
    const lost = { code: 'ENGINE', message: expect.stringContaining('Create a new state from the last checkpoint') };
    await expect(state.read()).rejects.toMatchObject(lost);
    await expect(executable.run(state, [feedsOf(1)])).rejects.toMatchObject(lost);
    await state.dispose();
    const anew = await backend.createState(initial);
    expect(await executable.run(anew, [feedsOf(1)], finite)).toHaveLength(1);
  });
});
