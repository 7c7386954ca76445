import { createReferenceBackend } from '@delira/backend-reference';
import {
  concat,
  createRng,
  type InputSpec,
  type Module,
  type NDArray,
  Network,
  type Tensor,
  TrainableSystem,
} from '@delira/core';
import { BatchNorm3d, Conv3d, type ConvLayerOptions, leakyRelu } from '@delira/nn';
import { expectClose, randomArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { foldVariables } from '../src/fold/foldVariables.js';
import { exportModel } from '../src/index.js';
import { readModel } from './support/readModel.js';

class Chain extends Network<{ data: Tensor }, Record<string, Tensor>> {
  readonly config = {};
  readonly inputs: { readonly data: InputSpec } = { data: { shape: [16, null, null, null], dtype: 'float32' } };

  constructor(
    readonly layers: Readonly<Record<string, Module>>,
    private readonly body: (x: Tensor) => Tensor | readonly Tensor[],
  ) {
    super();
    Object.assign(this, layers);
  }

  override predict({ data }: { data: Tensor }): Record<string, Tensor> {
    const results = [this.body(data)].flat();
    return Object.fromEntries(results.map((tensor, index) => [`pred${index}`, tensor]));
  }
}

/** Convolutions with kernel 3 of which each takes 16 channels. */
const convolutions = (count: number, options: Partial<ConvLayerOptions> = {}): readonly Conv3d[] =>
  Array.from({ length: count }, () => new Conv3d(16, 16, { kernel: 3, padding: 1, ...options }));

const volume = [2, 16, 8, 8, 8] as const;

/** The primitives of a network once its volumes are in pairs, after these give what the network gives. */
async function paired(
  layers: Readonly<Record<string, Module>>,
  body: (x: Tensor) => Tensor | readonly Tensor[],
  shape: readonly number[] = volume,
) {
  const system = new TrainableSystem(new Chain(layers, body));
  const rng = createRng(3);
  const variables = new Map(
    [...system.variables].map(([name, { aval }]) => [
      name,
      randomArray(aval, name.endsWith('running_var') ? [0.5, 2] : [-0.1, 0.1], rng.fork(name)),
    ]),
  );
  const signature = { data: { shape, dtype: 'float32' } } as const;
  const program = system.tracePredict(signature);
  const folded = foldVariables(program, variables, { pairSlices: true });
  const backend = createReferenceBackend();
  const batch = { data: randomArray(signature.data, [-1, 1], createRng(1)) };
  const run = async (traced: typeof program, values: ReadonlyMap<string, NDArray>) => {
    const executable = await backend.compile(traced);
    const [outputs] = await executable.run(await backend.createState(values), [{ batch }]);
    return outputs!;
  };
  const values = new Map([...folded.variables].map(([name, value]) => [name, value()]));
  const [actual, expected] = [await run(folded.program, values), await run(program, variables)];
  for (const [name, array] of Object.entries(expected)) {
    expect(Math.max(...array.data)).toBeGreaterThan(Math.min(...array.data));
    expectClose(actual[name]!, array, { rtol: 1e-5, atol: 1e-5 }, name);
  }
  const counts: Record<string, number> = {};
  for (const { prim } of folded.program.nodes) counts[prim] = (counts[prim] ?? 0) + 1;
  return { counts, names: [...folded.variables.keys()], system, variables, signature };
}

describe('pairSlices', () => {
  it('takes four convolutions of maps for one of volumes, with its batch norm and its activation', async () => {
    const [conv] = convolutions(1) as [Conv3d];
    const norm = new BatchNorm3d(16);
    const { counts, names } = await paired({ conv, norm }, (x) => norm.forward(conv.forward(x)).relu());
    expect(counts).toMatchObject({ conv: 4, relu: 2, transpose: 2, concat: 1 });
    // Sums: of slices, of products with each other and with the rest, and two biases.
    expect([counts['add'], counts['sub']]).toEqual([6, 4]);
    expect(names).toEqual(['conv.bias', 'conv.weight', 'conv.weight.2', 'conv.weight.3', 'conv.weight.4']);
  });

  it('keeps pairs from one convolution to the next, and where channels are joined', async () => {
    const [first, second] = convolutions(2) as [Conv3d, Conv3d];
    const last = new Conv3d(32, 16, { kernel: 3, padding: 1 });
    const { counts } = await paired({ first, second, last }, (x) => {
      const one = leakyRelu(first.forward(x), 0.1);
      return last.forward(concat([one, second.forward(one)], 1));
    });
    expect(counts).toMatchObject({ conv: 12, transpose: 2 });
  });

  it('gives whole volumes to whoever wants them', async () => {
    const [first, second] = convolutions(2) as [Conv3d, Conv3d];
    await paired({ first, second }, (x) => {
      const one = first.forward(x);
      return [one, second.forward(one.relu()).sub(one), one.mul(2)];
    });
  });

  it.each([
    ['strides and padding within the slices', { stride: [1, 2, 2], padding: [1, 0, 2] }, [2, 16, 8, 18, 16]],
    ['a kernel of one column', { kernel: [3, 1, 1], padding: [1, 0, 0], dilation: [1, 2, 2], bias: false }, volume],
    ['two slices', {}, [3, 16, 2, 16, 16]],
  ] as const)('takes %s', async (_, options, shape) => {
    const [conv] = convolutions(1, options) as [Conv3d];
    const { counts } = await paired({ conv }, (x) => conv.forward(x), shape);
    expect(counts['conv']).toBe(4);
  });

  it.each([
    ['an odd number of slices', {}, [1, 16, 9, 8, 8]],
    ['few voxels', {}, [1, 16, 8, 8, 4]],
    ['a stride along the depth', { stride: [2, 1, 1] }, [1, 16, 16, 8, 8]],
    ['a dilation along the depth', { dilation: [2, 1, 1], padding: [2, 1, 1] }, volume],
    ['other padding along the depth', { padding: [0, 1, 1] }, [1, 16, 10, 8, 8]],
    ['another kernel', { kernel: [5, 3, 3], padding: [2, 1, 1] }, volume],
    ['groups', { groups: 2 }, volume],
  ] as const)('leaves %s alone', async (_, options, shape) => {
    const [conv] = convolutions(1, options) as [Conv3d];
    const { counts } = await paired({ conv }, (x) => conv.forward(x), shape);
    expect(counts).toEqual(counts['add'] === undefined ? { conv: 1 } : { conv: 1, add: 1 });
  });

  it('keeps the batch of an export dynamic', async () => {
    const [conv] = convolutions(1) as [Conv3d];
    const { system, variables, signature } = await paired({ conv }, (x) => conv.forward(x).relu());
    const { graph } = readModel(
      exportModel({ signature, trace: (wanted) => system.tracePredict(wanted as typeof signature), variables }),
    );
    expect(graph.inputs[0]!.shape).toEqual(['batch', 16, 8, 8, 8]);
    expect(graph.outputs[0]!.shape).toEqual(['batch', 16, 8, 8, 8]);
    const kernels = graph.nodes
      .filter(({ type }) => type === 'Conv')
      .map(({ attributes }) => attributes['kernel_shape']);
    expect(kernels).toEqual(new Array(4).fill([3, 3]));
  });
});
