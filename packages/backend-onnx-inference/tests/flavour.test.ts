import { ArgumentError, createRng, type NDArray, TrainableSystem, UnsupportedError } from '@delira/core';
import { UNet3d } from '@delira/models-segmentation';
import { expectClose, expectEqual, randomArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { createBackend, createModel } from '../src/index.js';
import * as web from '../src/web/index.js';
import { network, variables } from './support/exported.js';

/** Wide enough for blocks of the engine. */
const unet = new UNet3d({ inChannels: 1, numClasses: 2, depth: 2, startFilters: 32, norm: 'batch' });
const weights = new TrainableSystem(unet).initialState(3);
const volumes = (rows: number): NDArray =>
  randomArray({ shape: [rows, 1, 8, 16, 8], dtype: 'float32' }, [-1, 1], createRng(4));

describe('a network compiled in the tuned flavour', () => {
  it('predicts what the portable one does, and says which it is', async () => {
    const [tuned, portable] = [
      await createModel(unet, weights, { shape: [1, 8, 16, 8], flavour: 'tuned', warmUp: 1 }),
      await createModel(unet, weights, { shape: [1, 8, 16, 8], flavour: 'portable' }),
    ];
    expect(tuned.info).toMatchObject({
      flavour: 'tuned',
      reason: expect.stringMatching(/^blocks of (8|16), same numbers as portable$/) as unknown,
    });
    expect(portable.info).toMatchObject({ flavour: 'portable', reason: 'asked for' });
    expect(tuned.description).toEqual(portable.description);
    for (const rows of [1, 3])
      expectClose(await tuned.predict(volumes(rows)), await portable.predict(volumes(rows)), {
        rtol: 1e-5,
        atol: 1e-5,
      });
    await Promise.all([tuned.dispose(), portable.dispose()]);
  });

  it('takes calls of many sizes at once', async () => {
    const model = await createModel(unet, weights, { shape: [1, 8, 16, 8], flavour: 'tuned' });
    const sizes = [1, 2, 3, 4, 5, 1, 2];
    const alone: NDArray[] = [];
    for (const rows of sizes) alone.push(await model.predict(volumes(rows)));
    const together = await Promise.all(sizes.map((rows) => model.predict(volumes(rows))));
    together.forEach((predicted, index) => expectEqual(predicted, alone[index]!));
    await model.dispose();
    await expect(model.predict(volumes(1))).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('needs only the variables that it reads, and copies them', async () => {
    const own = new Map([...weights].map(([name, array]) => [name, { ...array, data: array.data.slice() } as NDArray]));
    own.set('optimizer.default.step', { dtype: 'float32', shape: [], data: new Float32Array(1) });
    const model = await createModel(unet, own, { shape: [1, 8, 16, 8], flavour: 'tuned' });
    const before = await model.predict(volumes(1));
    for (const { data } of own.values()) data.fill(0);
    await model.predict(volumes(2));
    expectEqual(await model.predict(volumes(1)), before);
    await model.dispose();
  });
});

describe('the flavour of a backend', () => {
  it('is tuned on the CPU of this machine if its numbers are right, and always portable in browsers', async () => {
    const [node, asked, browser] = [
      await createBackend(),
      await createBackend({ flavour: 'portable' }),
      await web.createBackend({ threads: 1 }),
    ];
    expect(node.info.reason).toMatch(
      node.info.flavour === 'tuned' ? /same numbers as portable$/ : /^the tuned one is not right on this CPU/,
    );
    expect(asked.info).toMatchObject({ flavour: 'portable', reason: 'asked for' });
    expect(browser.info).toMatchObject({
      flavour: 'portable',
      reason: 'the tuned one is for onnxruntime-node only',
    });
    await Promise.all([node.dispose(), asked.dispose(), browser.dispose()]);
  });

  it('is refused where it cannot be', async () => {
    await expect(web.createBackend({ threads: 1, flavour: 'tuned' })).rejects.toThrow(UnsupportedError);
    await expect(web.createModel(network, variables, { shape: [1, 6, 8], flavour: 'tuned' })).rejects.toThrow(
      'The tuned flavour needs onnxruntime-node; onnxruntime-web has no blocked kernels.',
    );
    await expect(createBackend({ flavour: 'tune' as 'tuned' })).rejects.toEqual(
      new ArgumentError('flavour is "tune". Did you mean "tuned"? It can be auto, portable, tuned.'),
    );
  });
});
