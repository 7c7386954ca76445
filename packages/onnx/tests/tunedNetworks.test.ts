import {
  bind,
  bindAll,
  concat,
  conv,
  convAttrs,
  gradients,
  maxPool,
  type Program,
  slice,
  type Tensor,
} from '@delira/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { checkTuned } from './support/checkTuned.js';
import { stepOf } from './support/stepOf.js';

const layers = [
  'conv',
  'strided conv',
  'pointwise conv',
  'upsampling',
  'bias',
  'relu',
  'leaky relu',
  'batch norm',
  'instance norm',
  'group norm',
  'running norm',
  'residual',
  'pool',
  'overlapping pool',
  'concat',
  'slice',
  'attention',
  'center',
  'turn',
] as const;

interface Layer {
  readonly kind: (typeof layers)[number];
  /** Which of the latest results it works on. */
  readonly back: number;
  readonly channels: number;
}

type Variable = (shape: readonly number[]) => Tensor;

/** The layer on x; null where it does not fit. */
function apply({ kind, channels }: Layer, x: Tensor, earlier: readonly Tensor[], variable: Variable): Tensor | null {
  const [batch, given, height, width] = x.shape as [number, number, number, number];
  const alike = earlier.find((other) => other !== x && other.shape.join() === x.shape.join());
  switch (kind) {
    case 'conv':
      return conv(x, variable([channels, given, 3, 3]), { padding: 1 });
    case 'strided conv':
      return conv(x, variable([channels, given, 3, 3]), { padding: 1, stride: 2 });
    case 'pointwise conv':
      return conv(x, variable([channels, given, 1, 1]));
    case 'upsampling': {
      if (Math.max(height, width) > 5) return null;
      const attrs = convAttrs(2, { stride: 2 });
      const spatial = [2 * height, 2 * width];
      return bind('convTranspose', [x, variable([given, channels, 2, 2])], { ...attrs, spatial });
    }
    case 'bias':
      return x.add(variable([given]).reshape([1, given, 1, 1]));
    case 'relu':
      return x.relu();
    case 'leaky relu':
      return bind('leakyRelu', [x], { slope: 0.2 });
    case 'batch norm':
      return bindAll('batchNorm', [x, variable([given]), variable([given])], { epsilon: 1e-2 })[0]!;
    case 'instance norm':
    case 'group norm': {
      const maps = batch * given;
      const separate = x.reshape([1, maps, height, width]);
      const attrs = { epsilon: 1e-2, groups: kind === 'group norm' ? maps / 4 : maps };
      return bindAll('batchNorm', [separate, variable([maps]), variable([maps])], attrs)[0]!.reshape(x.shape);
    }
    case 'running norm': {
      const perChannel = (): Tensor => variable([given]).reshape([1, given, 1, 1]);
      return x.mul(perChannel()).add(perChannel()).relu();
    }
    case 'residual':
      return alike === undefined ? x.mul(x) : x.add(alike).relu();
    case 'pool':
      return Math.min(height, width) < 2 ? null : maxPool(x, { window: [2, 2] });
    case 'overlapping pool':
      return Math.min(height, width) < 2 ? null : maxPool(x, { window: [3, 3], stride: [2, 2], padding: 1 });
    case 'concat': {
      const other = earlier.find(({ shape }) => shape[2] === height && shape[3] === width);
      return other === undefined ? null : concat([x, other], 1);
    }
    case 'slice':
      return given < 16 ? null : slice(x, [0, 8, 0, 0], [batch, given - 8, height, width]);
    case 'attention':
      return x.mean([2, 3], { keepDims: true }).mul(x).mul(0.7);
    case 'center':
      return x.sub(x.mean([0, 2, 3], { keepDims: true })).mul(2);
    case 'turn':
      return x.transpose([0, 1, 3, 2]);
  }
}

/** A step that trains the layers with momentum and weight decay. */
function networkOf(list: readonly Layer[], extent: number): Program {
  return stepOf((cells, recording) => {
    const results = [recording.feed('x', { shape: [2, 16, extent, extent], dtype: 'float32' })];
    const variables: Tensor[] = [];
    const variable: Variable = (shape) => {
      const tensor = cells.read(`variable${variables.length}`, shape);
      variables.push(tensor);
      return tensor;
    };
    for (const layer of list) {
      const next = apply(layer, results.at(-1 - Math.min(layer.back, results.length - 1))!, results, variable);
      if (next !== null) results.push(next);
    }
    const last = results.at(-1)!;
    const loss = last
      .mul(last)
      .mean()
      .add(results.at(-2)?.mean() ?? 0);
    gradients(loss, variables).forEach((gradient, index) => {
      const momentum = cells
        .read(`momentum${index}`, gradient.shape)
        .mul(0.9)
        .add(gradient.add(variables[index]!.mul(0.01)));
      cells.assign(`momentum${index}`, momentum);
      cells.assign(`variable${index}`, variables[index]!.sub(momentum.mul(0.1)));
    });
    return { loss, last };
  });
}

describe('random networks', () => {
  it.each([8, 16] as const)('take the same step as the oracle in blocks of %d', async (block) => {
    const layer = fc.record({
      kind: fc.constantFrom(...layers),
      back: fc.integer({ min: 0, max: 2 }),
      channels: fc.constantFrom(8, 16, 32),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(layer, { minLength: 2, maxLength: 7 }),
        fc.constantFrom(1, 2, 4, 5),
        async (list, extent) => {
          await checkTuned(networkOf(list, extent), block);
        },
      ),
      { seed: 7, numRuns: 25 },
    );
  });
});
