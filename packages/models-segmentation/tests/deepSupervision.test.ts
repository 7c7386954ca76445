import { createReferenceBackend } from '@delira/backend-reference';
import { full, ndarray, trace, TrainableSystem } from '@delira/core';
import { crossEntropyLoss, diceCrossEntropyLoss } from '@delira/nn';
import { sgd } from '@delira/optim';
import { describe, expect, it } from 'vitest';
import { deepSupervisionWeights, UNet2d } from '../src/index.js';
import { SpatialFit } from '../src/unet/SpatialFit.js';

describe('weights', () => {
  it('are nnU-Net’s: halved from level to level, without the coarsest, together one', () => {
    expect(deepSupervisionWeights(4)).toEqual([2 / 3, 1 / 3]);
    expect(deepSupervisionWeights(6)).toEqual([8 / 15, 4 / 15, 2 / 15, 1 / 15]);
    expect(deepSupervisionWeights(3, [3, 1])).toEqual([0.75, 0.25]);
  });
});

describe('coarser levels', () => {
  const network = new UNet2d({ numClasses: 3, depth: 4, startFilters: 2, deepSupervision: true });
  const system = new TrainableSystem(network, {
    losses: { crossEntropy: crossEntropyLoss(), dice: diceCrossEntropyLoss() },
    optimizers: { default: sgd({ lr: 0 }) },
  });
  const batch = { data: full([2, 1, 16, 24], 0.5), label: full([2, 16, 24], 1, 'int32') };

  it('are predicted only while training', () => {
    const { outputs, avals } = system.traceTrain(batch, { outputs: ['pred', 'aux0'] });
    expect(Object.keys(outputs).sort()).toEqual(['aux0', 'crossEntropy', 'dice', 'loss', 'pred']);
    expect(avals[outputs['aux0']!]!.shape).toEqual([2, 3, 8, 12]);
    const evaluation = system.traceEval(batch);
    expect(Object.keys(evaluation.outputs).sort()).toEqual(['classes', 'crossEntropy', 'dice', 'loss', 'pred']);
    expect(Object.keys(evaluation.reads).filter((name) => name.startsWith('aux_convs'))).toEqual([]);
    expect(Object.keys(system.tracePredict(batch).outputs)).toEqual(['pred']);
  });

  it('leave the batch’s other entries alone', () => {
    const program = system.traceTrain({ ...batch, weight: full([2], 1) });
    expect(Object.keys(program.feeds).sort()).toEqual(['data', 'label']);
  });

  it('weight each loss by itself', async () => {
    const backend = createReferenceBackend();
    const state = await backend.createState(system.initialState(1));
    const train = await backend.compile(system.traceTrain(batch, { outputs: ['pred', 'aux0'] }));
    const [output] = await train.run(state, [{ batch, hyper: system.hyper }]);
    await backend.dispose();
    const { pred, aux0, crossEntropy, loss, dice } = output!;
    const entropyOf = ({ data, shape: [rows = 0, classes = 0, ...spatial] }: NonNullable<typeof pred>): number => {
      const pixels = spatial.reduce((product, extent) => product * extent, 1);
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        for (let pixel = 0; pixel < pixels; pixel++) {
          const logit = (index: number): number => data[(row * classes + index) * pixels + pixel]!;
          sum += Math.log(Math.exp(logit(0)) + Math.exp(logit(1)) + Math.exp(logit(2))) - logit(1);
        }
      }
      return sum / (rows * pixels);
    };
    expect(crossEntropy!.data[0]).toBeCloseTo((2 * entropyOf(pred!) + entropyOf(aux0!)) / 3, 9);
    expect(loss!.data[0]).toBeCloseTo(crossEntropy!.data[0]! + dice!.data[0]!, 9);
  });
});

describe('labels of coarser levels', () => {
  const sampled = async (label: readonly number[], factor: number, multiple: number): Promise<number[]> => {
    const fit = new SpatialFit([label.length], multiple);
    const program = trace((recording) => ({
      y: fit.sample(recording.feed('label', { shape: [1, label.length], dtype: 'int32' }), factor),
    }));
    const backend = createReferenceBackend();
    const executable = await backend.compile(program);
    const state = await backend.createState(new Map());
    const [output] = await executable.run(state, [{ batch: { label: ndarray(label, [1, label.length], 'int32') } }]);
    await backend.dispose();
    return Array.from(output!['y']!.data);
  };

  it('are those at the cells’ centres, as nearest-exact interpolation takes them', async () => {
    expect(await sampled([1, 2, 3, 4, 5, 6, 7, 8], 2, 4)).toEqual([2, 4, 6, 8]);
    expect(await sampled([1, 2, 3, 4, 5, 6, 7, 8], 4, 4)).toEqual([3, 7]);
  });

  it('of padded images leave out cells whose centre is padding', async () => {
    // Padded: 0 1 | 2 3 | 4 5 | 0 0.
    expect(await sampled([1, 2, 3, 4, 5], 2, 8)).toEqual([1, 3, 5]);
    expect(await sampled([1, 2, 3, 4, 5], 4, 8)).toEqual([2]);
  });
});
