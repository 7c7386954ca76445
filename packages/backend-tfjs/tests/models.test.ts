import { createReferenceBackend } from '@delira/backend-reference';
import {
  type Backend,
  createRng,
  type Feeds,
  type NDArray,
  type Program,
  type Sample,
  type Shape,
  TrainableSystem,
} from '@delira/core';
import { ResNet18, VGG3D } from '@delira/models-classification';
import { DCGAN } from '@delira/models-gan';
import { UNet2d, UNet3d } from '@delira/models-segmentation';
import { crossEntropyLoss } from '@delira/nn';
import { sgd } from '@delira/optim';
import { expectClose, randomArray } from '@delira/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createTfjsBackend, type TfjsBackend } from '../src/index.js';

/** The gradients of a model, and the feeds for them. */
interface Gradients {
  readonly program: Program;
  readonly initial: ReadonlyMap<string, NDArray>;
  readonly feeds: Feeds;
}

const images = (...shape: Shape): NDArray => randomArray({ shape, dtype: 'float32' }, [-1, 1], createRng(1));
const labels = (...shape: Shape): NDArray => randomArray({ shape, dtype: 'int32' }, [0, 4], createRng(2));

const losses = { crossEntropy: crossEntropyLoss() };
const optimizers = { default: sgd({ lr: 0.1 }) };

function classifying(network: ResNet18 | VGG3D, ...shape: Shape): Gradients {
  const batch = { data: images(...shape), label: labels(shape[0]!) };
  const system = new TrainableSystem(network, { losses, optimizers });
  return { program: system.traceGradients(batch), initial: system.initialState(3), feeds: { batch, seed: [4, 0] } };
}

function segmenting(network: UNet2d | UNet3d, ...shape: Shape): Gradients {
  const batch = { data: images(...shape), label: labels(shape[0]!, ...shape.slice(2)) };
  const system = new TrainableSystem(network, { losses, optimizers });
  return { program: system.traceGradients(batch), initial: system.initialState(3), feeds: { batch } };
}

function generating(): Gradients {
  const batch = { data: images(2, 1, 32, 32) };
  const network = new DCGAN({ inChannels: 1, features: 4, noiseLength: 5, imageSize: 32 });
  const system = new TrainableSystem(network, { optimizers: { gen: sgd({ lr: 0.1 }), disc: sgd({ lr: 0.1 }) } });
  return { program: system.traceGradients(batch), initial: system.initialState(3), feeds: { batch, seed: [4, 0] } };
}

const numClasses = 4;
const models: Readonly<Record<string, () => Gradients>> = {
  'ResNet18, 2D': () => classifying(new ResNet18({ inChannels: 1, numClasses, features: 4 }), 3, 1, 32, 32),
  'ResNet18, 3D': () =>
    classifying(new ResNet18({ inChannels: 1, numClasses, features: 4, spatialDims: 3 }), 4, 1, 16, 16, 16),
  VGG3D: () => classifying(new VGG3D({ inChannels: 1, numClasses, features: 2, hidden: [8, 8] }), 2, 1, 27, 43, 43),
  UNet2d: () => segmenting(new UNet2d({ inChannels: 1, numClasses, depth: 3, startFilters: 4 }), 2, 1, 16, 20),
  'UNet2d, batch norm': () =>
    segmenting(
      new UNet2d({ inChannels: 1, numClasses, depth: 3, startFilters: 4, norm: 'batch', bias: false }),
      2,
      1,
      16,
      16,
    ),
  UNet3d: () => segmenting(new UNet3d({ inChannels: 1, numClasses, depth: 3, startFilters: 2 }), 1, 1, 8, 12, 8),
  DCGAN: generating,
};

async function run(backend: Backend, { program, initial, feeds }: Gradients): Promise<Sample> {
  const executable = await backend.compile(program);
  const state = await backend.createState(initial);
  const [outputs] = await executable.run(state, [feeds]);
  await Promise.all([executable.dispose(), state.dispose()]);
  return outputs!;
}

const reference = createReferenceBackend();
const expected = new Map<string, Promise<Sample>>();

describe.each(['cpu', 'wasm'] as const)('on %s', (engine) => {
  let backend: TfjsBackend;
  beforeAll(async () => {
    backend = await createTfjsBackend({ engine });
  });
  afterAll(() => backend.dispose());

  it.each(Object.keys(models))('losses and gradients of %s equal the reference', async (name) => {
    const gradients = models[name]!();
    const wanted = expected.get(name) ?? run(reference, gradients);
    expected.set(name, wanted);
    const [actual, exact] = [await run(backend, gradients), await wanted];
    for (const [output, array] of Object.entries(exact))
      expectClose(actual[output]!, array, { rtol: 1e-3, atol: 1e-6, relativeTo: 'array' }, output);
  });
});
