import { createReferenceBackend } from '@delira/backend-reference';
import {
  createRng,
  type InputSpec,
  type NDArray,
  Network,
  type Tensor,
  TrainableSystem,
  type Module,
} from '@delira/core';
import { BatchNorm2d, Conv2d, ConvTranspose2d } from '@delira/nn';
import { expectClose, randomArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../src/index.js';
import { foldVariables } from '../src/fold/foldVariables.js';
import { readModel } from './support/readModel.js';

class Chain extends Network<{ data: Tensor }> {
  readonly config = {};
  readonly inputs: { readonly data: InputSpec } = { data: { shape: [2, 6, 6], dtype: 'float32' } };

  constructor(
    readonly layers: Readonly<Record<string, Module>>,
    private readonly body: (x: Tensor) => Tensor,
  ) {
    super();
    Object.assign(this, layers);
  }

  override predict({ data }: { data: Tensor }): { pred: Tensor } {
    return { pred: this.body(data) };
  }
}

const signature = { data: { shape: [3, 2, 6, 6], dtype: 'float32' } } as const;

/** Values as after a training: no variable is 0 or 1. */
function trained(system: TrainableSystem<{ data: Tensor }, { pred: Tensor }>): ReadonlyMap<string, NDArray> {
  const rng = createRng(3);
  return new Map(
    [...system.variables].map(([name, { aval }]) => [name, randomArray(aval, [0.5, 1.5], rng.fork(name))]),
  );
}

async function fold(layers: Readonly<Record<string, Module>>, body: (x: Tensor) => Tensor) {
  const system = new TrainableSystem(new Chain(layers, body));
  const variables = trained(system);
  const program = system.tracePredict(signature);
  const folded = foldVariables(program, variables);
  const backend = createReferenceBackend();
  const batch = { data: randomArray(signature.data, [-1, 1], createRng(1)) };
  const run = async (traced: typeof program, values: ReadonlyMap<string, NDArray>): Promise<NDArray> => {
    const executable = await backend.compile(traced);
    const [outputs] = await executable.run(await backend.createState(values), [{ batch }]);
    return outputs!['pred']!;
  };
  const values = new Map([...folded.variables].map(([name, value]) => [name, value()]));
  expectClose(await run(folded.program, values), await run(program, variables), { rtol: 1e-5, atol: 1e-6 });
  return {
    prims: folded.program.nodes.map(({ prim }) => prim),
    names: [...folded.variables.keys()],
    system,
    variables,
  };
}

describe('foldVariables', () => {
  it('leaves a convolution and a bias of a batch norm', async () => {
    const conv = new Conv2d(2, 4, { kernel: 3, padding: 1 });
    const norm = new BatchNorm2d(4);
    const { prims, names } = await fold({ conv, norm }, (x) => norm.forward(conv.forward(x)).relu());
    expect(prims).toEqual(['conv', 'add', 'relu']);
    expect(names).toEqual(['conv.weight', 'conv.bias']);
  });

  it('names a bias after the convolution where only the batch norm has one', async () => {
    const conv = new Conv2d(2, 4, { kernel: 3, bias: false, groups: 2 });
    const norm = new BatchNorm2d(4);
    const { prims, names } = await fold({ conv, norm }, (x) => norm.forward(conv.forward(x)));
    expect([prims, names]).toEqual([
      ['conv', 'add'],
      ['conv.weight', 'conv.bias'],
    ]);
  });

  it('folds into a transposed convolution, and twice', async () => {
    const up = new ConvTranspose2d(2, 3, { kernel: 2, stride: 2 });
    const [first, second] = [new BatchNorm2d(3), new BatchNorm2d(3, { affine: false })];
    const { prims } = await fold({ up, first, second }, (x) => second.forward(first.forward(up.forward(x))));
    expect(prims).toEqual(['convTranspose', 'add']);
  });

  it('divides, subtracts and multiplies by one number', async () => {
    const conv = new Conv2d(2, 4, { kernel: 1 });
    const { prims } = await fold({ conv }, (x) => conv.forward(x).mul(3).sub(2).div(4));
    expect(prims).toEqual(['conv', 'add']);
  });

  it('does not fold what somebody else sees', async () => {
    const conv = new Conv2d(2, 4, { kernel: 1, bias: false });
    const norm = new BatchNorm2d(4);
    const { prims } = await fold({ conv, norm }, (x) => {
      const maps = conv.forward(x);
      return norm.forward(maps).add(maps);
    });
    expect(prims).toEqual(['conv', 'mul', 'add', 'add']);
  });

  it('does not take a subtraction from a number for one of a number', async () => {
    const conv = new Conv2d(2, 4, { kernel: 1, bias: false });
    const norm = new BatchNorm2d(4);
    const { prims } = await fold({ conv, norm }, (x) => norm.weight!.value.reshape([1, 4, 1, 1]).sub(conv.forward(x)));
    expect(prims).toEqual(['conv', 'sub']);
  });

  it('does not fold a factor per pixel', async () => {
    const [conv, pixels] = [new Conv2d(2, 4, { kernel: 1 }), new Conv2d(2, 18, { kernel: 1, bias: false })];
    const { prims } = await fold({ conv, pixels }, (x) =>
      conv.forward(x).mul(pixels.weight.value.reshape([1, 1, 6, 6])),
    );
    expect(prims).toEqual(['conv', 'add', 'mul']);
  });

  it('refuses a value of another shape', () => {
    const conv = new Conv2d(2, 4, { kernel: 1, bias: false });
    const program = new TrainableSystem(new Chain({ conv }, (x) => conv.forward(x))).tracePredict(signature);
    const wrong = new Map([
      ['conv.weight', randomArray({ shape: [4, 3, 1, 1], dtype: 'float32' }, [0, 1], createRng(0))],
    ]);
    expect(() => foldVariables(program, wrong)).toThrow(
      'The variable "conv.weight" of the exported network has the shape [4, 2, 1, 1], but its value has [4, 3, 1, 1]. Give the variables of this network.',
    );
  });

  it('makes an exported batch norm the bias of its convolution', async () => {
    const conv = new Conv2d(2, 4, { kernel: 3 });
    const norm = new BatchNorm2d(4);
    const up = new ConvTranspose2d(4, 3, { kernel: 2, stride: 2 });
    const { system, variables } = await fold({ conv, norm, up }, (x) =>
      up.forward(norm.forward(conv.forward(x)).relu()),
    );
    const { graph } = readModel(exportModel({ signature, trace: (shapes) => system.tracePredict(shapes), variables }));
    expect(graph.nodes.map(({ type, inputs }) => [type, inputs.slice(1)])).toEqual([
      ['Conv', ['conv.weight', 'conv.bias']],
      ['Relu', []],
      ['ConvTranspose', ['up.weight', 'up.bias']],
      ['Identity', []],
    ]);
    expect(graph.initializers.map(({ name, shape }) => [name, shape])).toEqual([
      ['up.weight', [4, 3, 2, 2]],
      ['up.bias', [3]],
      ['conv.weight', [4, 2, 3, 3]],
      ['conv.bias', [4]],
    ]);
  });
});
