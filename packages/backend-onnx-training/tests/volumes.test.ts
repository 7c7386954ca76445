import { type Aval, type Backend, bindAll, createRng, trace } from '@delira/core';
import { expectClose, randomArray } from '@delira/testkit';
import { afterEach, it } from 'vitest';
import { createOnnxBackend } from '../src/index.js';

const created: Backend[] = [];

afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

const same = [1, 1] as const;
const attrs = { strides: [1, 1, 1], padding: [same, same, same], dilation: [1, 1, 1], groups: 1 };

/** A convolution of volumes with its bias and ReLU, and both of its gradients. */
function programOf(x: Aval, kernel: Aval, y: Aval) {
  return trace(
    (recording) => {
      const [image, filter, grad] = [recording.feed('x', x), recording.feed('w', kernel), recording.feed('g', y)];
      const bias = recording.feed('b', { shape: [1, kernel.shape[0]!, 1, 1, 1], dtype: 'float32' });
      const [convolved] = bindAll('conv', [image, filter], attrs);
      const [inputGrad] = bindAll('convTranspose', [grad, filter], { ...attrs, spatial: x.shape.slice(2) });
      const [kernelGrad] = bindAll('convKernelGrad', [image, grad], { ...attrs, kernel: kernel.shape.slice(2) });
      return { activated: convolved!.add(bias).relu(), inputGrad: inputGrad!, kernelGrad: kernelGrad! };
    },
    { training: true },
  );
}

it.each([
  ['in pairs of slices', [2, 32, 8, 10, 12]],
  ['whose slices are cut into bands', [1, 16, 3, 64, 64]],
  ['of several images with an odd depth', [3, 48, 5, 9, 6]],
])('the engine convolves volumes %s as in their plain form', async (_, shape) => {
  const channels = shape[1]!;
  const x: Aval = { shape, dtype: 'float32' };
  const program = programOf(x, { shape: [channels, channels, 3, 3, 3], dtype: 'float32' }, x);
  const rng = createRng(3);
  const batch = Object.fromEntries(
    Object.entries(program.feeds).map(([name, id]) => [name, randomArray(program.avals[id]!, [-1, 1], rng.fork(name))]),
  );
  const run = async (flavour: 'portable' | 'tuned') => {
    const backend = await createOnnxBackend({ thread: 'inline', flavour });
    created.push(backend);
    const executable = await backend.compile(program);
    const [outputs] = await executable.run(await backend.createState(new Map()), [{ batch }]);
    return outputs!;
  };
  const [portable, tuned] = [await run('portable'), await run('tuned')];
  for (const [name, array] of Object.entries(portable))
    expectClose(tuned[name]!.data, array, { rtol: 2e-5, atol: 1e-6, relativeTo: 'array' }, name);
});
