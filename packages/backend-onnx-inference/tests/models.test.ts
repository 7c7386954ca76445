import { createOnnxBackend } from '@delira/backend-onnx-training';
import { createRng, type NDArray, type Network, type Sample, type Tensor, TrainableSystem } from '@delira/core';
import { ResNet18, VGG3D } from '@delira/models-classification';
import { DCGAN } from '@delira/models-gan';
import { UNet2d, UNet3d } from '@delira/models-segmentation';
import { expectClose, randomArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { createBackend, createModel } from '../src/index.js';

type AnyNetwork = Network<Record<string, Tensor>, Record<string, Tensor>>;

const unet = { inChannels: 1, numClasses: 3, depth: 3, startFilters: 8, norm: 'batch' } as const;

const networks: readonly (readonly [string, AnyNetwork, Readonly<Record<string, readonly number[]>>])[] = [
  ['ResNet18', new ResNet18({ inChannels: 1, numClasses: 4 }) as never, { data: [1, 32, 32] }],
  // The first linear layer by default has 67 million weights: as long sums of fewer outputs tell as much.
  ['VGG3D', new VGG3D({ inChannels: 1, numClasses: 4, hidden: [64, 64] }) as never, { data: [1, 27, 43, 43] }],
  ['UNet2d', new UNet2d(unet) as never, { data: [1, 24, 32] }],
  ['UNet3d', new UNet3d(unet) as never, { data: [1, 8, 12, 16] }],
  ['DCGAN', new DCGAN({ inChannels: 1, imageSize: 16, features: 8, noiseLength: 20 }) as never, { noise: [20] }],
];

/** As after some training: statistics that are not those of the start. */
function trained(network: AnyNetwork): ReadonlyMap<string, NDArray> {
  const rng = createRng(2);
  return new Map(
    [...new TrainableSystem(network).initialState(1)].map(([name, array]) => {
      if (name.endsWith('running_mean')) return [name, randomArray(array, [-0.3, 0.3], rng.fork(name))];
      return [name, name.endsWith('running_var') ? randomArray(array, [0.5, 2], rng.fork(name)) : array];
    }),
  );
}

describe('a network of checkpoint', () => {
  it.each(networks)('%s predicts what the training backend does', async (_, network, shape) => {
    const variables = trained(network);
    const batch: Sample = Object.fromEntries(
      Object.entries(shape).map(([name, extents]) => [
        name,
        randomArray({ shape: [2, ...extents], dtype: 'float32' }, [-1, 1], createRng(5)),
      ]),
    );
    const training = await createOnnxBackend({ thread: 'inline' });
    const executable = await training.compile(new TrainableSystem(network).tracePredict(batch));
    const [expected] = await executable.run(await training.createState(variables), [{ batch }]);
    await training.dispose();
    // The portable flavour is what an export holds.
    const model = await createModel(network, variables, { shape, flavour: 'portable' });
    const exported = await model.run(batch);
    await model.dispose();
    const backend = await createBackend();
    const compiled = await backend.compile(new TrainableSystem(network).tracePredict(batch));
    const [tuned] = await compiled.run(await backend.createState(variables), [{ batch }]);
    await backend.dispose();
    for (const predicted of [exported, tuned!]) {
      expect(Object.keys(predicted)).toEqual(Object.keys(expected!));
      for (const [name, array] of Object.entries(expected!)) {
        expect(Math.max(...array.data)).toBeGreaterThan(Math.min(...array.data));
        expectClose(predicted[name]!, array, { rtol: 1e-5, atol: 1e-5 }, name);
      }
    }
  });
});
