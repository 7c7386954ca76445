import { createReferenceBackend } from '@delira/backend-reference';
import {
  checkBatch,
  full,
  namedVariables,
  type NDArray,
  ndarray,
  type Optimizer,
  type Program,
  type Sample,
  type Step,
  TrainableSystem,
} from '@delira/core';
import { bceWithLogitsLoss, l1Loss, matchWeights, mseLoss } from '@delira/nn';
import { adam, sgd } from '@delira/optim';
import { expectClose, fixtureArray, formulaArrays, probe, spread } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { DCGAN, type DcganBatch, type DcganOptions, type DcganPrediction } from '../src/index.js';
import { type DcganRun, fixture } from './fixture.js';

const tolerance = { rtol: 1e-7, atol: 1e-10 };
const small: DcganOptions = { inChannels: 1, noiseLength: 3, features: 2, imageSize: 16 };
const optimizers = { gen: sgd({ lr: 0.1 }), disc: sgd({ lr: 0.1 }) };

/** Takes float64 batches, so that the reference backend sees them unrounded. */
class WideInput extends DCGAN {
  override trainStep({ data, noise }: DcganBatch, step: Step<DcganBatch, DcganPrediction>) {
    return super.trainStep({ data: data.cast('float32'), noise: noise.cast('float32') }, step);
  }
  override evalStep({ data, noise }: DcganBatch, step: Step<DcganBatch, DcganPrediction>) {
    return super.evalStep({ data: data.cast('float32'), noise: noise.cast('float32') }, step);
  }
}

function rowsAt(array: NDArray, step: number): NDArray {
  const shape = array.shape.slice(1);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { ...array, shape, data: array.data.slice(step * size, (step + 1) * size) };
}

function optimizerOf({ optimizer: { type, betas, ...options } }: DcganRun): Optimizer {
  if (type === 'sgd') return sgd(options);
  return adam({ ...options, ...(betas === undefined ? {} : { beta1: betas[0], beta2: betas[1] }) });
}

const signatureOf = (batch: Sample) =>
  Object.fromEntries(Object.entries(batch).map(([name, { shape, dtype }]) => [name, { shape, dtype }]));

describe('three steps equal PyTorch float64', () => {
  const images = spread(fixture.images.shape, fixture.images.salt);
  const noise = fixtureArray(fixture.noise);
  const batches = [0, 1, 2].map((step) => ({ data: rowsAt(images, step), noise: rowsAt(noise, step) }));

  it.each(fixture.runs)('$name', async (run) => {
    const system = new TrainableSystem(new WideInput(fixture.architecture), {
      // No loss at all means binary cross-entropy.
      losses: run.loss === 'mse' ? { mse: mseLoss() } : {},
      optimizers: { gen: optimizerOf(run), disc: optimizerOf(run) },
    });
    const backend = createReferenceBackend();
    const { entries } = matchWeights(system.network, formulaArrays(fixture.parameters));
    const store = await backend.createState(new Map([...system.initialState(0), ...entries]));
    const train = await backend.compile(system.traceTrain(signatureOf(batches[0]!)));
    const outputs = await train.run(
      store,
      batches.map((batch) => ({ batch, hyper: system.hyper })),
    );
    outputs.forEach((output, step) => {
      const expected = run.losses[step]!;
      for (const [term, value] of Object.entries(expected))
        expectClose(output[`${run.loss}${term}`]!, [value], tolerance, `${term} of step ${step}`);
      expectClose(output['lossD']!, [expected.DiscReal + expected.DiscFake], tolerance, 'lossD');
      expectClose(output['lossG']!, [expected.Adversarial], tolerance, 'lossG');
    });
    const after = await store.read();
    for (const [name, probed] of Object.entries(run.state))
      expectClose(probe(after.get(name)!), probed, tolerance, name);
    for (const [name, count] of Object.entries(run.tracked)) expect(after.get(name)!.data[0]).toBe(count);

    const evaluate = await backend.compile(system.traceEval(signatureOf(batches[0]!)));
    const [evaluated] = await evaluate.run(store, [{ batch: batches[0]! }]);
    for (const [term, value] of Object.entries(run.evaluated))
      expectClose(evaluated![`${run.loss}${term}`]!, [value], tolerance, `evaluated ${term}`);
    expectClose(probe(evaluated!['image']!), run.image, tolerance, 'image');
    await backend.dispose();
  });
});

describe('architecture', () => {
  const sizesOf = (options: DcganOptions) => {
    const sizes = { gen: 0, disc: 0 };
    for (const [name, { kind, aval }] of namedVariables(new DCGAN(options))) {
      if (kind === 'param')
        sizes[name.startsWith('gen.') ? 'gen' : 'disc'] += aval.shape.reduce((product, extent) => product * extent, 1);
    }
    return sizes;
  };

  it('has the names and shapes of PyTorch’s example', () => {
    const network = new DCGAN(fixture.architecture);
    const own = [...namedVariables(network)].filter(([name]) => !name.endsWith('.num_batches_tracked'));
    expect(own.map(([name, { aval }]) => [name, aval.shape])).toEqual(
      fixture.parameters.map(({ name, shape }) => [name, shape]),
    );
    expect(own.map(([name]) => name).filter((name) => !name.includes('running'))).toContain('disc.main.11.weight');
  });

  it.each([
    [{ inChannels: 1 }, { gen: 3_574_656, disc: 2_763_520 }],
    [
      { inChannels: 1, noiseLength: 10 },
      { gen: 2_837_376, disc: 2_763_520 },
    ],
    [{ inChannels: 3 }, { gen: 3_576_704, disc: 2_765_568 }],
  ])('%o has the known number of parameters', (options, expected) => {
    expect(sizesOf(options)).toEqual(expected);
  });

  it.each([
    [64, [4, 8, 16, 32, 64], [32, 16, 8, 4, 1]],
    [32, [4, 8, 16, 32], [16, 8, 4, 1]],
    [8, [4, 8], [4, 1]],
  ])('passes the expected sizes for images of %d pixels', (imageSize, generated, judged) => {
    const system = new TrainableSystem(new DCGAN({ inChannels: 1, noiseLength: 3, features: 2, imageSize }));
    const program = system.traceEval({ data: { shape: [1, 1, imageSize, imageSize], dtype: 'float32' } });
    const sizes = (prim: Program['nodes'][number]['prim']) =>
      program.nodes.filter((node) => node.prim === prim).map(({ outputs }) => program.avals[outputs[0]!]!.shape[2]);
    expect(sizes('convTranspose')).toEqual(generated);
    expect(sizes('conv')).toEqual([...judged, ...judged]);
  });

  it('draws what the paper says, or PyTorch’s defaults', () => {
    const deviation = ({ data }: NDArray, mean: number) =>
      Math.sqrt((data as Float32Array).reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
    const state = new TrainableSystem(new DCGAN({ inChannels: 1 })).initialState(3);
    expect(deviation(state.get('gen.main.0.weight')!, 0)).toBeCloseTo(0.02, 3);
    expect(deviation(state.get('disc.main.5.weight')!, 0)).toBeCloseTo(0.02, 3);
    expect(deviation(state.get('gen.main.1.weight')!, 1)).toBeCloseTo(0.02, 2);
    expect(new Set(state.get('gen.main.1.bias')!.data)).toEqual(new Set([0]));
    const plain = new TrainableSystem(new DCGAN({ ...small, initialization: 'default' })).initialState(3);
    expect(new Set(plain.get('gen.main.1.weight')!.data)).toEqual(new Set([1]));
    expect(Math.max(...(plain.get('disc.main.0.weight')!.data as Float32Array))).toBeGreaterThan(0.15);
  });

  it('is built again from its config', () => {
    const { config } = new DCGAN(small);
    expect(new DCGAN(JSON.parse(JSON.stringify(config)) as typeof config).config).toEqual({
      ...small,
      initialization: 'dcgan',
    });
  });
});

describe('a step', () => {
  const data = full([2, 1, 16, 16], 0.5);

  it('draws its noise from the seed', async () => {
    const system = new TrainableSystem(new DCGAN(small), { optimizers });
    const backend = createReferenceBackend();
    const program = system.traceTrain(signatureOf({ data }), { outputs: ['noise', 'image'] });
    expect(Object.values(program.noise)).toMatchObject([{ distribution: 'normal' }]);
    const train = await backend.compile(program);
    const draw = async (seed: readonly [number, number]) => {
      const state = await backend.createState(system.initialState(0));
      return (await train.run(state, [{ batch: { data }, hyper: system.hyper, seed }]))[0]!;
    };
    const first = await draw([1, 0]);
    expect(first['noise']!.shape).toEqual([2, 3]);
    expect((await draw([1, 0]))['image']).toEqual(first['image']);
    expect((await draw([1, 1]))['noise']).not.toEqual(first['noise']);
    expect((await draw([2, 0]))['noise']).not.toEqual(first['noise']);
    await backend.dispose();
  });

  it('sums several losses', async () => {
    const losses = { bce: bceWithLogitsLoss(), l1: l1Loss() };
    const system = new TrainableSystem(new DCGAN(small), { losses, optimizers });
    const backend = createReferenceBackend();
    const train = await backend.compile(system.traceTrain(signatureOf({ data })));
    const state = await backend.createState(system.initialState(0));
    const [output] = await train.run(state, [{ batch: { data }, hyper: system.hyper, seed: [0, 0] }]);
    await backend.dispose();
    const value = (name: string) => output![name]!.data[0]!;
    expect(Object.keys(output!).sort()).toEqual(
      ['Adversarial', 'DiscFake', 'DiscReal']
        .flatMap((term) => [`bce${term}`, `l1${term}`])
        .concat('lossD', 'lossG')
        .sort(),
    );
    expect(value('lossG')).toBeCloseTo(value('bceAdversarial') + value('l1Adversarial'), 5);
    expect(value('lossD')).toBeCloseTo(
      value('bceDiscReal') + value('bceDiscFake') + value('l1DiscReal') + value('l1DiscFake'),
      5,
    );
  });

  it('needs both optimizers', () => {
    const system = new TrainableSystem(new DCGAN(small), { optimizers: { disc: sgd({ lr: 0.1 }) } });
    expect(() => system.traceTrain(signatureOf({ data }))).toThrow(/no optimizer group "gen"/);
  });
});

describe('predictions', () => {
  it('are images of the noise given, and read nothing else', async () => {
    const system = new TrainableSystem(new DCGAN(small));
    const program = system.tracePredict({ noise: { shape: [2, 3], dtype: 'float32' } });
    expect(Object.keys(program.feeds)).toEqual(['noise']);
    expect(Object.keys(program.reads).every((name) => name.startsWith('gen.'))).toBe(true);
    const backend = createReferenceBackend();
    const predict = await backend.compile(program);
    const state = await backend.createState(system.initialState(0));
    const [output] = await predict.run(state, [{ batch: { noise: ndarray([1, 2, 3, 1, 2, 3], [2, 3]) } }]);
    await backend.dispose();
    const { image } = output!;
    expect(image!.shape).toEqual([2, 1, 16, 16]);
    expect(image!.data.every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(image!.data.slice(0, 256)).toEqual(image!.data.slice(256));
  });
});

describe('what does not fit is refused', () => {
  it.each([
    [{ inChannels: 0 }, /DCGAN: inChannels is 0/],
    [{ inChannels: 1, noiseLength: 1.5 }, /DCGAN: noiseLength is 1.5/],
    [{ inChannels: 1, features: -1 }, /DCGAN: features is -1/],
    [{ inChannels: 1, imageSize: 48 }, /DCGAN: imageSize is 48; it must be a power of two of at least 8/],
    [{ inChannels: 1, imageSize: 4 }, /DCGAN: imageSize is 4/],
    [
      { inChannels: 1, initialization: 'paper' as 'dcgan' },
      /initialization is "paper"; it must be "dcgan" or "default"/,
    ],
  ])('%o', (options, message) => {
    expect(() => new DCGAN(options)).toThrow(message);
  });

  it('images and noise of another shape, in the batch and in the trace', () => {
    const network = new DCGAN(small);
    const batch = { data: full([2, 1, 16, 16], 0) };
    checkBatch(batch, network.inputs);
    expect(() => {
      checkBatch({ data: full([2, 1, 28, 28], 0) }, network.inputs);
    }).toThrow(/"data" has shape \[2, 1, 28, 28\]; expected \[N, 1, 16, 16\]/);
    const system = new TrainableSystem(network);
    expect(() => system.traceEval({ data: { shape: [2, 3, 16, 16], dtype: 'float32' } })).toThrow(
      /discriminator takes images of shape \[N, 1, 16, 16\], got \[2, 3, 16, 16\]/,
    );
    expect(() => system.tracePredict({ noise: { shape: [2, 100], dtype: 'float32' } })).toThrow(
      /generator takes noise of shape \[N, 3\], got \[2, 100\]/,
    );
  });
});
