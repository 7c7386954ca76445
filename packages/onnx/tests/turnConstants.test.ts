import { createReferenceBackend } from '@delira/backend-reference';
import { createRng, type InputSpec, Network, type Tensor, TrainableSystem } from '@delira/core';
import { ConvTranspose2d } from '@delira/nn';
import { expectClose, randomArray } from '@delira/testkit';
import { expect, it } from 'vitest';
import { inputName, predictionModel, stepsNames, tunedFlavour } from '../src/index.js';
import { interpretGraph } from './support/interpretGraph.js';

class Generator extends Network<{ data: Tensor }, Record<string, Tensor>> {
  readonly config = {};
  readonly inputs: { readonly data: InputSpec } = { data: { shape: [16, 8, 8], dtype: 'float32' } };
  readonly main = new ConvTranspose2d(16, 32, { kernel: 4, stride: 2, padding: 1 });

  override predict({ data }: { data: Tensor }): Record<string, Tensor> {
    return { image: this.main.forward(data) };
  }
}

it.each([8, 16] as const)(
  'kernels that are constant are turned by what the engine folds, in blocks of %d',
  async (block) => {
    const system = new TrainableSystem(new Generator());
    const program = system.tracePredict({ data: { shape: [2, 16, 8, 8], dtype: 'float32' } });
    const initial = system.initialState(0);
    const { graph } = predictionModel(program, initial, tunedFlavour(block));
    // What is left unblocks the image.
    expect(graph.nodes.filter(({ type }) => type === 'ReorderOutput')).toHaveLength(1);
    expect(
      graph.nodes.filter(({ type, attributes }) => type === 'Transpose' && String(attributes['perm']) === '0,2,1,3')
        .length,
    ).toBeGreaterThan(0);

    const data = randomArray({ shape: [2, 16, 8, 8], dtype: 'float32' }, undefined, createRng(5));
    const given = { shape: data.shape, data: Float64Array.from(data.data as Float32Array) };
    const actual = interpretGraph(graph, new Map([[inputName.feed('data'), given]]), block);
    const backend = createReferenceBackend();
    const executable = await backend.compile(program);
    const [expected] = await executable.run(await backend.createState(initial), [{ batch: { data } }]);
    expectClose(actual.get(stepsNames.output('image'))!.data, expected!['image']!, { rtol: 1e-5, atol: 1e-6 }, 'image');
  },
);
