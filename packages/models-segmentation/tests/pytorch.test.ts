import { createReferenceBackend } from '@delira/backend-reference';
import { TrainableSystem } from '@delira/core';
import { crossEntropyLoss, matchWeights } from '@delira/nn';
import { sgd } from '@delira/optim';
import { expectClose, formulaArrays, probe } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { batchOf, fixture, networkOf } from './fixture.js';

describe('a step equals PyTorch float64', () => {
  it.each(fixture.cases)('$name', async (recorded) => {
    const network = networkOf(recorded);
    const system = new TrainableSystem(network, {
      losses: { crossEntropy: crossEntropyLoss() },
      optimizers: { default: sgd({ lr: 0.1 }) },
    });
    // Not partial: every name and shape of PyTorch's state dict is one of ours, and the other way round.
    const { entries } = matchWeights(network, formulaArrays(recorded.parameters));
    const backend = createReferenceBackend();
    const store = await backend.createState(new Map([...system.initialState(0), ...entries]));
    const batch = batchOf(recorded);
    const program = system.traceGradients(batch);
    const executable = await backend.compile({ ...program, writes: {} });
    const [outputs] = await executable.run(store, [{ batch, hyper: system.hyper }]);
    await backend.dispose();

    const of = (name: string) => outputs![name]!;
    const levels = ['pred', ...recorded.levels.slice(1).map((_, index) => `aux${index}`)];
    expect(Object.keys(outputs!).filter((name) => /^(pred|aux)/.test(name))).toEqual(levels);
    recorded.levels.forEach(({ shape, probe: expected }, index) => {
      expect(of(levels[index]!).shape).toEqual(shape);
      expectClose(probe(of(levels[index]!)), expected, { rtol: 1e-9, atol: 1e-12 }, levels[index]!);
    });
    expectClose(of('loss').data, [recorded.loss], { rtol: 1e-10, atol: 0 }, 'loss');
    for (const [name, expected] of Object.entries(recorded.gradients))
      expectClose(probe(of(`grad.${name}`)), expected, { rtol: 1e-8, atol: 1e-12 }, `gradient of ${name}`);
    expect(Object.keys(outputs!).filter((name) => name.startsWith('grad.'))).toHaveLength(
      Object.keys(recorded.gradients).length,
    );
  });
});
