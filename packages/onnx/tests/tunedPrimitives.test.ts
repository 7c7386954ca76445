import {
  type Aval,
  bindAll,
  castArray,
  type ConvAttrs,
  createRng,
  full,
  type NDArray,
  type PrimitiveName,
  primitives,
  type Program,
  sizeOf,
  trace,
} from '@delira/core';
import { expectClose, randomArray } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { type BlockSize, tunedFlavour } from '../src/index.js';
import { runLowered } from './support/runLowered.js';
import { runReference } from './support/runReference.js';

interface Case {
  readonly id: string;
  readonly inputs: readonly Aval[];
  readonly attrs: object;
  readonly domain?: readonly [number, number];
}

const float = (...shape: number[]): Aval => ({ shape, dtype: 'float32' });

function convAttrs(stride: number, padding: number, groups = 1): ConvAttrs {
  const pads = [padding, padding] as const;
  return { strides: [stride, stride], padding: [pads, pads], dilation: [1, 1], groups };
}

const volumeAttrs: ConvAttrs = {
  strides: [1, 1, 1],
  padding: [
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  dilation: [1, 1, 1],
  groups: 1,
};

/** The three primitives of one convolution x [N, C, H, W] ∗ kernel. */
function convolutions(id: string, x: Aval, kernel: Aval, y: Aval, attrs: ConvAttrs): Readonly<Record<string, Case>> {
  return {
    conv: { id, inputs: [x, kernel], attrs },
    convTranspose: { id, inputs: [y, kernel], attrs: { ...attrs, spatial: x.shape.slice(2) } },
    convKernelGrad: { id, inputs: [x, y], attrs: { ...attrs, kernel: kernel.shape.slice(2) } },
  };
}

const volumeKernel = float(32, 32, 3, 3, 3);

const further: readonly Readonly<Record<string, Case>>[] = [
  convolutions('volume-in-pairs', float(2, 32, 4, 10, 13), volumeKernel, float(2, 32, 4, 10, 13), volumeAttrs),
  convolutions('rows-in-pairs', float(2, 32, 16, 33), float(48, 32, 3, 5), float(2, 48, 16, 33), {
    ...convAttrs(1, 1),
    padding: [
      [1, 1],
      [3, 1],
    ],
  }),
  convolutions('volume-of-odd-depth', float(2, 32, 3, 3, 4), volumeKernel, float(2, 32, 3, 3, 4), volumeAttrs),
  convolutions('batch-of-two-parts', float(17, 16, 5, 5), float(16, 16, 3, 3), float(17, 16, 3, 3), convAttrs(2, 1)),
  convolutions('interleaved-batch', float(16, 16, 8, 8), float(16, 16, 3, 3), float(16, 16, 8, 8), convAttrs(1, 1)),
  convolutions('map-in-bands', float(1, 16, 64, 64), float(16, 16, 1, 1), float(1, 16, 64, 64), convAttrs(1, 0)),
  convolutions('map-2x2-by-taps', float(3, 32, 2, 2), float(32, 32, 3, 3), float(3, 32, 2, 2), convAttrs(1, 1)),
  convolutions('map-4x4-to-2x2-by-taps', float(2, 32, 4, 4), float(32, 32, 3, 3), float(2, 32, 2, 2), convAttrs(2, 1)),
  convolutions('map-1x1-by-taps', float(2, 32, 1, 1), float(48, 32, 3, 3), float(2, 48, 1, 1), convAttrs(1, 1)),
  convolutions('map-1x1-few-channels', float(2, 16, 1, 1), float(16, 16, 3, 3), float(2, 16, 1, 1), convAttrs(1, 1)),
  convolutions('narrow-small-map', float(2, 3, 4, 4), float(16, 3, 3, 3), float(2, 16, 4, 4), convAttrs(1, 1)),
  convolutions('upsampling-2x2', float(2, 16, 6, 6), float(16, 16, 2, 2), float(2, 16, 3, 3), convAttrs(2, 0)),
  convolutions('phases', float(4, 16, 8, 8), float(32, 16, 4, 4), float(4, 32, 4, 4), convAttrs(2, 1)),
  convolutions('pairs-in-phases', float(2, 64, 16, 32), float(80, 64, 4, 4), float(2, 80, 8, 16), convAttrs(2, 1)),
  convolutions('pairs-in-small-maps', float(16, 64, 8, 8), float(64, 64, 4, 4), float(16, 64, 4, 4), convAttrs(2, 1)),
  convolutions('pairs-in-phases-of-rows', float(2, 64, 16, 20), float(64, 64, 4, 3), float(2, 64, 8, 20), {
    ...convAttrs(2, 1),
    strides: [2, 1],
  }),
  convolutions('odd-phases', float(18, 16, 6, 8), float(16, 16, 2, 4), float(18, 16, 3, 4), {
    ...convAttrs(2, 0),
    padding: [
      [0, 0],
      [1, 1],
    ],
  }),
  convolutions('stride-3', float(2, 16, 9, 9), float(16, 16, 5, 5), float(2, 16, 3, 3), convAttrs(3, 2)),
];

function samplesOf(prim: PrimitiveName): readonly Case[] {
  return primitives[prim].samples.filter(({ inputs }) => inputs[0]!.shape.length >= 4);
}

function programOf(prim: PrimitiveName, { inputs, attrs }: Case): Program {
  return trace(
    (recording) => {
      const operands = inputs.map((aval, index) => recording.feed(`input${index}`, aval));
      return Object.fromEntries(
        bindAll(prim, operands, attrs as never).map((tensor, index) => [`output${index}`, tensor]),
      );
    },
    { training: true },
  );
}

function batchOf({ inputs, domain }: Case): Readonly<Record<string, NDArray>> {
  const rng = createRng(11);
  return Object.fromEntries(inputs.map((aval, index) => [`input${index}`, randomArray(aval, domain, rng.fork(index))]));
}

/** Compares with the oracle; gives the operators that were emitted, with their domain. */
async function compare(
  prim: PrimitiveName,
  sample: Case,
  block: BlockSize,
  batch = batchOf(sample),
): Promise<ReadonlySet<string>> {
  const program = programOf(prim, sample);
  const lowered = tunedFlavour(block).lower(program);
  const expected = await runReference(program, { batch });
  const actual = runLowered(program, lowered, { batch }, block);
  for (const [name, array] of Object.entries(expected.outputs))
    expectClose(actual.outputs[name]!.data, array, { rtol: 1e-6, atol: 1e-6 }, `${sample.id} ${name}`);
  return new Set(
    lowered.builder.graph('step', [], []).nodes.map(({ domain, type, attributes }) => {
      const [taps = 0, columns] = (attributes['kernel_shape'] ?? []) as readonly number[];
      if (taps > 1 && columns === 1 && attributes['group'] === block) return COMBINATION;
      return domain === '' ? type : `${domain}:${type}`;
    }),
  );
}

/** Of neighbouring rows, which products of pairs are made of. */
const COMBINATION = 'combination';

const BLOCKED_CONV = 'com.microsoft.nchwc:Conv';
const isByTaps = ({ id }: Case): boolean => id.endsWith('by-taps') || id === '2d-blocked-small-map';
// The gradient in an input of fewer channels than a block is not blocked: the portable form has it.
const isCovered = (prim: PrimitiveName, { id }: Case): boolean => prim !== 'convTranspose' || !/stem|narrow/.test(id);

const takesPairs = (prim: PrimitiveName, { id }: Case): boolean =>
  id.endsWith('in-pairs') || (id.startsWith('pairs-in') && prim !== 'convKernelGrad');

describe.each([8, 16] as const)('primitives in blocks of %d', (block) => {
  for (const prim of ['conv', 'convTranspose', 'convKernelGrad'] as const) {
    const samples = samplesOf(prim).filter(({ id }) => /blocked|stem/.test(id));
    const cases = [...samples, ...further.map((forms) => forms[prim]!)].filter((sample) => isCovered(prim, sample));
    it.each(cases.map((sample) => [sample.id, sample] as const))(`${prim} %s`, async (_, sample) => {
      const emitted = await compare(prim, sample, block);
      expect([emitted.has(BLOCKED_CONV), emitted.has('Gemm')]).toEqual(
        isByTaps(sample) ? [false, true] : [true, false],
      );
      expect(emitted.has(COMBINATION)).toBe(takesPairs(prim, sample));
    });
  }

  for (const prim of ['batchNorm', 'batchNormGrad'] as const) {
    it.each(
      samplesOf(prim)
        .filter(({ id }) => id.includes('blocked'))
        .map((sample) => [sample.id, sample] as const),
    )(`${prim} %s`, async (_, sample) => {
      expect(await compare(prim, sample, block)).toContain(BLOCKED_CONV);
    });
  }

  it('batchNorm keeps the digits of a small variance around a large mean', async () => {
    const sample = samplesOf('batchNorm').find(({ id }) => id === '2d-blocked')!;
    const batch = batchOf(sample);
    const shifted = {
      ...batch['input0']!,
      data: (batch['input0']!.data as Float32Array).map((value) => value + 1000),
    } as NDArray;
    await compare('batchNorm', sample, block, { ...batch, input0: shifted });
  });

  it.each(
    samplesOf('maxPool')
      .filter(({ id }) => id.includes('blocked'))
      .map((sample) => [sample.id, sample] as const),
  )('maxPool %s', async (_, sample) => {
    expect(await compare('maxPool', sample, block)).toContain('com.microsoft.nchwc:MaxPool');
  });

  it.each(
    samplesOf('maxPoolGrad')
      .filter(({ id }) => id.includes('blocked'))
      .map((sample) => [sample.id, sample] as const),
  )('maxPoolGrad %s gives each window to its first maximum, also where all values are equal', async (_, sample) => {
    const [x, y] = sample.inputs as readonly [Aval, Aval];
    const forward = { ...sample, inputs: [x] };
    const rng = createRng(3);
    for (const image of [
      randomArray(x, undefined, rng),
      full(x.shape, 1),
      { ...randomArray(x, undefined, rng), data: Float32Array.from({ length: sizeOf(x.shape) }, () => rng.int(2)) },
    ]) {
      const pooled = await runReference(programOf('maxPool', forward), { batch: { input0: image } });
      const batch = {
        input0: image,
        input1: castArray(pooled.outputs['output0']!, 'float32'),
        input2: randomArray(y, undefined, rng),
      };
      expect(await compare('maxPoolGrad', sample, block, batch)).toContain('com.microsoft.nchwc:MaxPool');
    }
  });
});
