import { bindAll, concat, conv, gradients, maxPool, type Program, type Tensor, type Trace } from '@delira/core';
import { describe, expect, it } from 'vitest';
import type { LoweredProgram } from '../src/index.js';
import { checkTuned } from './support/checkTuned.js';
import { stepOf } from './support/stepOf.js';

const check = (program: Program): Promise<LoweredProgram> => checkTuned(program, 8);

function emitted(lowered: LoweredProgram): readonly string[] {
  return lowered.builder
    .graph('step', [], [])
    .nodes.map(({ domain, type }) => (domain === '' ? type : `${domain}:${type}`));
}

const count = (operators: readonly string[], name: string): number =>
  operators.filter((operator) => operator === name).length;
const CONV = 'com.microsoft.nchwc:Conv';

const image = (recording: Trace, channels = 16, extent = 6): Tensor =>
  recording.feed('image', { shape: [2, channels, extent, extent], dtype: 'float32' });
const same = { padding: 1 } as const;

describe('tunedFlavour', () => {
  it('makes bias, residual sum and ReLU part of the convolution they follow', async () => {
    const lowered = await check(
      stepOf((cells, recording) => {
        const x = image(recording);
        const bias = cells.read('bias', [16]).reshape([1, 16, 1, 1]);
        return {
          y: conv(x, cells.read('kernel', [16, 16, 3, 3]), same)
            .add(bias)
            .add(x)
            .relu(),
        };
      }),
    );
    const operators = emitted(lowered);
    expect(count(operators, CONV)).toBe(1);
    expect(operators.filter((operator) => ['Add', 'Relu'].includes(operator))).toEqual([]);
  });

  it('keeps a convolution whose result is used twice apart from what follows', async () => {
    const lowered = await check(
      stepOf((cells, recording) => {
        const y = conv(image(recording), cells.read('kernel', [16, 16, 3, 3]), same);
        return { y, positive: y.relu() };
      }),
    );
    expect(emitted(lowered)).toContain('Relu');
  });

  it('converts at the edges only, however long the chain', async () => {
    const lowered = await check(
      stepOf((cells, recording) => {
        let y = image(recording, 16, 12);
        for (let layer = 0; layer < 4; layer++) {
          const [normalized] = bindAll(
            'batchNorm',
            [
              conv(y, cells.read(`kernel${layer}`, [16, 16, 3, 3]), same),
              cells.read('scale', [16]),
              cells.read('bias', [16]),
            ],
            { epsilon: 1e-5 },
          );
          y = normalized!.relu();
        }
        const joined = concat([maxPool(y, { window: [2, 2] }), maxPool(y.mul(2), { window: [2, 2] })], 1);
        return { y: conv(joined, cells.read('last', [8, 32, 1, 1])) };
      }),
    );
    const operators = emitted(lowered);
    expect(count(operators, 'com.microsoft.nchwc:ReorderInput')).toBe(1);
    expect(count(operators, 'com.microsoft.nchwc:ReorderOutput')).toBe(1);
    expect(operators).not.toContain('Transpose');
  });

  it('holds a kernel and the slot of its optimizer in the layout of the kernel, without conversions', async () => {
    const lowered = await check(
      stepOf((cells, recording) => {
        const kernel = cells.read('kernel', [16, 16, 3, 3]);
        const loss = conv(image(recording), kernel, same).relu().sum();
        const [gradient] = gradients(loss, [kernel]);
        const momentum = cells.read('momentum', [16, 16, 3, 3]).mul(0.9).add(gradient!);
        cells.assign('momentum', momentum);
        cells.assign('kernel', kernel.sub(momentum.mul(0.1)));
        return { loss };
      }),
    );
    expect([lowered.state['kernel']!.layout.key, lowered.state['momentum']!.layout.key]).toEqual([
      'kernel8',
      'kernel8',
    ]);
    expect(count(emitted(lowered), 'com.microsoft.nchwc:ReorderOutput')).toBe(0);
  });

  it('holds the kernel of a small map as one matrix per tap', async () => {
    const lowered = await check(
      stepOf((cells, recording) => {
        const kernel = cells.read('kernel', [32, 32, 3, 3]);
        const loss = conv(image(recording, 32, 2), kernel, same)
          .relu()
          .sum();
        const [gradient] = gradients(loss, [kernel]);
        const square = cells.read('square', [32, 32, 3, 3]).mul(0.9).add(gradient!.mul(gradient!));
        cells.assign('square', square);
        cells.assign('kernel', kernel.sub(gradient!.div(square.mul(square).sqrt().add(1))));
        return { loss, norm: gradient!.mul(gradient!).sum(), gradient: gradient! };
      }),
    );
    const { layout, parts } = lowered.state['square']!;
    expect(layout.key).toBe('taps');
    expect(parts.map(({ input }) => input.shape)).toEqual(new Array(9).fill([32, 32]));
  });

  it('gives the gradients of several kernels of one-pixel maps, whose unused taps share zeros', async () => {
    await check(
      stepOf((cells, recording) => {
        const kernels = ['first', 'second'].map((name) => cells.read(name, [32, 32, 3, 3]));
        const y = kernels.reduce((x, kernel) => conv(x, kernel, same).relu(), image(recording, 32, 1));
        const [first, second] = gradients(y.sum(), kernels);
        return { first: first!, second: second! };
      }),
    );
  });

  it('updates a large variable row by row', async () => {
    const shape = [1024, 512];
    const program = stepOf((cells, recording) => {
      const given = recording.feed('given', { shape, dtype: 'float32' });
      const average = cells.read('average', shape).mul(0.9).add(given.mul(given));
      const variable = cells.read('variable', shape);
      cells.assign('average', average);
      cells.assign('variable', variable.sub(given.div(average.mul(average).sqrt().add(1))));
      return { sum: average.sum() };
    });
    const lowered = await check(program);
    const nodes = lowered.builder.graph('step', [], []).nodes;
    expect(nodes.filter(({ type }) => type === 'Scan')).toHaveLength(1);
    expect(nodes.filter(({ type }) => ['Mul', 'Div', 'Sqrt'].includes(type))).toEqual([]);
    expect(lowered.state['variable']!.parts[0]!.input.shape).toEqual([2, 262144]);
    expect(lowered.state['variable']!.layout.key).toBe('plain');
  });

  it('takes the portable form on plain values where there is no blocked one', async () => {
    const lowered = await check(
      stepOf((cells, recording) => {
        const x = image(recording, 12);
        const y = conv(x, cells.read('kernel', [12, 12, 3, 3]), same).relu();
        return { y: conv(y.transpose([0, 2, 3, 1]).transpose([0, 3, 1, 2]), cells.read('other', [16, 12, 1, 1])) };
      }),
    );
    expect(emitted(lowered).filter((operator) => operator.includes(':'))).toEqual([]);
    expect(lowered.state['kernel']!.layout.key).toBe('plain');
  });

  it('applies values per channel, per image and scalars to blocked maps', async () => {
    await check(
      stepOf((cells, recording) => {
        const y = conv(image(recording), cells.read('kernel', [16, 16, 3, 3]), same);
        const channel = cells.read('channel', [1, 16, 1, 1]).add(3);
        const perImage = y.mean([2, 3], { keepDims: true });
        const mask = recording.feed('mask', { shape: [2, 1, 6, 6], dtype: 'float32' });
        const scaled = y.sub(channel).mul(channel).div(channel).add(channel.sub(y)).mul(perImage).mul(mask).mul(0.5);
        return { scaled, sums: scaled.sum([0, 2, 3]), spread: perImage.broadcastTo([2, 16, 6, 6]).mul(y) };
      }),
    );
  });
});
