import { createReferenceBackend } from '@delira/backend-reference';
import { full, ndarray, type NDArray, sliceRows, TrainableSystem } from '@delira/core';
import { exportOnnx } from '@delira/onnx/node';
import { networkModel, Predictor } from '@delira/prediction';
import { expectClose, expectEqual } from '@delira/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createBackend, createModel, loadModel } from '../src/index.js';
import * as web from '../src/web/index.js';
import { exported, imagesOf, network, variables } from './support/exported.js';

const folder = mkdtempSync(join(tmpdir(), 'delira-inference-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function reference(data: NDArray): Promise<NDArray> {
  const backend = createReferenceBackend();
  const executable = await backend.compile(new TrainableSystem(network).tracePredict({ data }));
  const [outputs] = await executable.run(await backend.createState(variables), [{ batch: { data } }]);
  return outputs!['pred']!;
}

describe.each([
  ['onnxruntime-node', loadModel],
  ['onnxruntime-web', web.loadModel],
] as const)('a model in %s', (engine, load) => {
  it('predicts batches of any size', async () => {
    const model = await load(exported, { threads: 1 });
    expect(model.info).toEqual({ engine, providers: ['cpu'], threads: 1 });
    expect(model.description).toEqual(exported.description);
    for (const rows of [1, 3])
      expectClose(await model.predict(imagesOf(rows)), await reference(imagesOf(rows)), { rtol: 1e-5, atol: 1e-5 });
    const { pred } = await model.run({ data: imagesOf(2) });
    expect([pred!.dtype, pred!.shape]).toEqual(['float32', [2, 2, 6, 8]]);
    await model.dispose();
  });

  it('predicts large batches in parts', async () => {
    const [whole, parts] = [await load(exported), await load(exported, { batchSize: 2, warmUp: 2 })];
    const expected = await whole.predict(imagesOf(5));
    const predicted = await parts.predict(imagesOf(5));
    expect(predicted.shape).toEqual([5, 2, 6, 8]);
    expectClose(predicted, expected, { rtol: 1e-6, atol: 1e-6 });
    await Promise.all([whole.dispose(), parts.dispose()]);
  });

  it('gives calls that overlap what each would get alone', async () => {
    const model = await load(exported);
    const batches = Array.from({ length: 8 }, (_, seed) => imagesOf(1 + (seed % 3), seed));
    const alone: NDArray[] = [];
    for (const batch of batches) alone.push(await model.predict(batch));
    const together = await Promise.all(batches.map((batch) => model.predict(batch)));
    together.forEach((predicted, index) => expectEqual(predicted, alone[index]!));
    await model.dispose();
  });

  it('goes on after a refused batch', async () => {
    const model = await load(exported);
    await expect(model.predict(full([1, 1, 5, 8], 0))).rejects.toMatchObject({ code: 'INPUT' });
    expect((await model.predict(imagesOf(1))).shape).toEqual([1, 2, 6, 8]);
    await model.dispose();
  });

  it('ends after the calls before, and is used no more', async () => {
    const model = await load(exported);
    const last = model.predict(imagesOf(1));
    await model.dispose();
    await model.dispose();
    expect((await last).shape).toEqual([1, 2, 6, 8]);
    await expect(model.predict(imagesOf(1))).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('prepares images as the description says', async () => {
    const model = await load(exported);
    expect([...model.prepare(ndarray([0, 5, 10], [1, 3], 'uint8')).data]).toEqual([0, 0.5, 1]);
    await model.dispose();
  });
});

describe('both engines', () => {
  it('agree', async () => {
    const [node, browser] = [await loadModel(exported), await web.loadModel(exported)];
    expectClose(await browser.predict(imagesOf(2)), await node.predict(imagesOf(2)), { rtol: 1e-5, atol: 1e-5 });
    await Promise.all([node.dispose(), browser.dispose()]);
  });
});

describe('loadModel', () => {
  it('reads the files that exportOnnx wrote', async () => {
    const files = await exportOnnx(network, variables, join(folder, 'pixels.onnx'), { shape: [1, 6, 8] });
    const model = await loadModel(files.model);
    expectClose(await model.predict(imagesOf(2)), await reference(imagesOf(2)), { rtol: 1e-5, atol: 1e-5 });
    await model.dispose();
  });

  it('makes a model of a Predictor', async () => {
    const predictor = new Predictor({ models: [await loadModel(exported)], window: { size: [6, 8], overlap: 0.5 } });
    const image = imagesOf(1);
    expectClose(
      await predictor.predict({ ...image, shape: [1, 6, 8] }),
      { ...(await reference(image)), shape: [2, 6, 8] },
      { rtol: 1e-5, atol: 1e-5 },
    );
    await predictor.dispose();
  });
});

describe.each([
  ['Node', createModel],
  ['browsers', web.createModel],
] as const)('createModel for %s', (_, create) => {
  it('takes a network and the weights of a checkpoint', async () => {
    const model = await create(network, variables, { shape: [1, 6, 8], classes: ['a', 'b'] });
    expect(model.description.classes).toEqual(['a', 'b']);
    expectClose(await model.predict(imagesOf(2)), await reference(imagesOf(2)), { rtol: 1e-5, atol: 1e-5 });
    await model.dispose();
  });
});

describe('the backend', () => {
  it('is one for networkModel, and sees what is written to its state', async () => {
    const backend = await createBackend();
    const state = await backend.createState(variables);
    const model = networkModel({ backend, network, state });
    const before = await model.predict(imagesOf(2));
    expectClose(before, await reference(imagesOf(2)), { rtol: 1e-5, atol: 1e-5 });
    const bias = variables.get('head.bias')!;
    await state.write(
      new Map([['head.bias', { ...bias, data: (bias.data as Float32Array).map((value) => value + 1) } as NDArray]]),
    );
    const after = await model.predict(imagesOf(2));
    expectClose(
      after.data,
      Array.from(before.data as Float32Array, (value) => value + 1),
      { rtol: 1e-5, atol: 1e-5 },
    );
    await model.dispose?.();
    await backend.dispose();
  });

  it('keeps a session for each state', async () => {
    const backend = await createBackend();
    const data = imagesOf(1);
    const executable = await backend.compile(new TrainableSystem(network).tracePredict({ data }));
    const states = [
      await backend.createState(variables),
      await backend.createState(new TrainableSystem(network).initialState(8)),
    ] as const;
    const run = async (index: 0 | 1): Promise<NDArray> =>
      (await executable.run(states[index], [{ batch: { data } }]))[0]!['pred']!;
    const [first, second] = [await run(0), await run(1)];
    expect([...first.data]).not.toEqual([...second.data]);
    await states[1].dispose();
    expectEqual(await run(0), first);
    await expect(run(1)).rejects.toMatchObject({ code: 'DISPOSED' });
    await backend.dispose();
  });

  it('refuses to train', async () => {
    const backend = await createBackend();
    const { traceTrain } = trainingSystem();
    await expect(backend.compile(traceTrain())).rejects.toThrow(
      'The backend "onnx-inference" only predicts, but the program "Pixels.train" writes',
    );
    await backend.dispose();
  });
});

function trainingSystem() {
  const system = new TrainableSystem(network, {
    losses: { sum: ({ pred }) => pred.sum() },
    optimizers: {
      default: { hyper: { lr: 1 }, init: () => ({}), update: (updates) => [updates, {}] },
    },
  });
  const data = sliceRows(imagesOf(2), 0, 2);
  return { traceTrain: () => system.traceTrain({ data, label: full([2, 6, 8], 0, 'int32') }) };
}
