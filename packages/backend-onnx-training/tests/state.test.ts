import type { NDArray } from '@delira/core';
import { expectClose, expectEqual } from '@delira/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxBackend, type OnnxBackend } from '../src/index.js';
import { batchOf, feedsOf, hyper, system } from './support/blockedNet.js';

let tuned: OnnxBackend;
let portable: OnnxBackend;

beforeAll(async () => {
  tuned = await createOnnxBackend({ thread: 'inline', flavour: 'tuned' });
  portable = await createOnnxBackend({ thread: 'inline', flavour: 'portable' });
});
afterAll(async () => {
  await tuned.dispose();
  await portable.dispose();
});

const training = system.traceTrain(batchOf(0));
const prediction = system.tracePredict(batchOf(0));
const initial = system.initialState(5);

async function train(backend: OnnxBackend, steps: number): Promise<ReadonlyMap<string, NDArray>> {
  const executable = await backend.compile(training);
  const state = await backend.createState(initial);
  for (let step = 0; step < steps; step++) await executable.run(state, [feedsOf(step)]);
  const values = await state.read();
  await Promise.all([executable.dispose(), state.dispose()]);
  return values;
}

describe('the state of tuned programs', () => {
  it('reads plain: the variables portable training gives, in their own shapes', async () => {
    const [actual, expected] = [await train(tuned, 3), await train(portable, 3)];
    expect([...actual.keys()]).toEqual([...initial.keys()]);
    for (const [name, array] of expected) {
      expect(actual.get(name)!.shape, name).toEqual(initial.get(name)!.shape);
      expectClose(actual.get(name)!, array, { rtol: 1e-4, atol: 1e-6 }, name);
    }
  });

  it('is the same after it was read, written back, or used by other programs between steps', async () => {
    const executable = await tuned.compile(training);
    const other = await tuned.compile(prediction);
    const state = await tuned.createState(initial);
    const { data } = batchOf(9);
    for (let step = 0; step < 3; step++) {
      await executable.run(state, [feedsOf(step)]);
      const before = await state.read();
      await other.run(state, [{ batch: { data: data! } }]);
      await state.write(before);
    }
    const expected = await train(tuned, 3);
    for (const [name, array] of await state.read()) expectEqual(array, expected.get(name)!, name);
    await Promise.all([executable.dispose(), other.dispose(), state.dispose()]);
  });

  it('serves a prediction with what training left', async () => {
    const executable = await tuned.compile(training);
    const predict = await tuned.compile(prediction);
    const state = await tuned.createState(initial);
    const batch = { data: batchOf(9)['data']! };
    const [before] = await predict.run(state, [{ batch }]);
    await executable.run(state, [feedsOf(0), feedsOf(1)]);
    const [after] = await predict.run(state, [{ batch }]);
    const fresh = await portable.compile(prediction);
    const copy = await portable.createState(await state.read());
    const [expected] = await fresh.run(copy, [{ batch }]);
    expectClose(after!['pred']!, expected!['pred']!, { rtol: 1e-4, atol: 1e-5 });
    expect([...after!['pred']!.data]).not.toEqual([...before!['pred']!.data]);
    await Promise.all([executable.dispose(), predict.dispose(), fresh.dispose(), state.dispose(), copy.dispose()]);
  });

  it('takes floats of another width, and then trains as with its own', async () => {
    const executable = await tuned.compile(training);
    const state = await tuned.createState(initial);
    await executable.run(state, [feedsOf(7)]);
    const wide = [...initial].map(([name, array]): readonly [string, NDArray] => [
      name,
      array.dtype === 'float32' ? { ...array, dtype: 'float64', data: Float64Array.from(array.data) } : array,
    ]);
    await state.write(new Map(wide));
    await executable.run(state, [{ batch: batchOf(0), hyper }]);
    const expected = await train(tuned, 1);
    for (const [name, array] of await state.read()) expectEqual(array, expected.get(name)!, name);
    await Promise.all([executable.dispose(), state.dispose()]);
  });
});
