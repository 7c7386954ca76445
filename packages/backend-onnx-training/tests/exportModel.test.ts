import { createReferenceBackend } from '@delira/backend-reference';
import { createRng, type NDArray } from '@delira/core';
import { exportModel } from '@delira/onnx';
import { expectClose, randomArray } from '@delira/testkit';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { createOnnxBackend } from '../src/index.js';
import { batchOf, feedsOf, system } from './support/blockedNet.js';

const signature = { data: { shape: [4, 2, 8, 8], dtype: 'float32' } } as const;

/** What a user exports: the variables after some training, here in the tuned flavour. */
async function trained(): Promise<ReadonlyMap<string, NDArray>> {
  const backend = await createOnnxBackend({ thread: 'inline', flavour: 'tuned' });
  const executable = await backend.compile(system.traceTrain(batchOf(0)));
  const state = await backend.createState(system.initialState(2));
  await executable.run(state, [feedsOf(0), feedsOf(1)]);
  const variables = await state.read();
  await backend.dispose();
  return variables;
}

describe('an exported model', async () => {
  const variables = await trained();
  const bytes = exportModel({ signature, trace: (shapes) => system.tracePredict(shapes), variables });
  const session = await InferenceSession.create(bytes);
  const reference = createReferenceBackend();
  afterAll(() => session.release());

  it('has the inputs and outputs of the network', () => {
    expect(session.inputNames).toEqual(['data']);
    expect(session.outputNames).toEqual(['pred']);
    expect(session.inputMetadata[0]).toMatchObject({ name: 'data', type: 'float32', shape: ['batch', 2, 8, 8] });
    expect(session.outputMetadata[0]).toMatchObject({ name: 'pred', type: 'float32', shape: ['batch', 3] });
  });

  it.each([1, 2, 7])('predicts what the reference does, for a batch of %d', async (size) => {
    const data = randomArray({ shape: [size, 2, 8, 8], dtype: 'float32' }, [-1, 1], createRng(size));
    const { pred } = await session.run({ data: new Tensor('float32', data.data as Float32Array, [...data.shape]) });
    const executable = await reference.compile(system.tracePredict({ data }));
    const [expected] = await executable.run(await reference.createState(variables), [{ batch: { data } }]);
    expect(pred!.dims).toEqual([size, 3]);
    expectClose(pred!.data as Float32Array, expected!['pred']!, { rtol: 1e-4, atol: 1e-5 });
  });
});
