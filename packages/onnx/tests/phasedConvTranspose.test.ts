import { bind, createRng, type Primitives, trace } from '@delira/core';
import { expectClose, randomArray } from '@delira/testkit';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { portableLowerings } from '../src/index.js';
import { lowerWithTable } from '../src/lowering/lowerWithTable.js';
import { hasPhases, phasedConvTranspose } from '../src/portable/phasedConvTranspose.js';
import { runLowered } from './support/runLowered.js';
import { runReference } from './support/runReference.js';

/** One spatial axis of a convolution: what is convolved, and how. */
const axis = fc
  .record({
    spatial: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    low: fc.integer({ min: 0, max: 3 }),
    high: fc.integer({ min: 0, max: 3 }),
  })
  .map((drawn) => ({
    ...drawn,
    extent: Math.floor((drawn.spatial + drawn.low + drawn.high - drawn.kernel) / drawn.stride) + 1,
  }))
  .filter(({ extent }) => extent >= 1);

const table = {
  ...portableLowerings,
  convTranspose: ((graph, [y, kernel], attrs) => [
    phasedConvTranspose(graph, y!, kernel!, attrs),
  ]) as typeof portableLowerings.convTranspose,
};

describe('phasedConvTranspose', () => {
  it('is the transpose of the convolution, whatever strides, padding and unused edges', async () => {
    let applicable = 0;
    const property = fc.asyncProperty(fc.tuple(axis, axis), fc.nat(), async (axes, seed) => {
      const attrs: Primitives['convTranspose'] = {
        strides: axes.map(({ stride }) => stride),
        padding: axes.map(({ low, high }) => [low, high] as const),
        dilation: axes.map(() => 1),
        groups: 1,
        spatial: axes.map(({ spatial }) => spatial),
      };
      const window = axes.map(({ kernel }) => kernel);
      if (!hasPhases(attrs, window)) return;
      applicable++;
      const draw = (name: string, shape: readonly number[]) =>
        randomArray({ shape, dtype: 'float32' }, undefined, createRng(seed).fork(name));
      const batch = {
        y: draw('y', [2, 3, ...axes.map(({ extent }) => extent)]),
        kernel: draw('kernel', [3, 2, ...window]),
      };
      const program = trace((recording) => ({
        x: bind('convTranspose', [recording.feed('y', batch.y), recording.feed('kernel', batch.kernel)], attrs),
      }));
      const { outputs } = runLowered(program, lowerWithTable(program, table), { batch }, 1);
      const expected = await runReference(program, { batch });
      expectClose(outputs['x']!.data, expected.outputs['x']!, { rtol: 1e-5, atol: 1e-5 });
    });
    await fc.assert(property, { numRuns: 150, seed: 3 });
    if (applicable < 75) throw new Error(`Only ${applicable} of 150 cases were applicable.`);
  });
});
