import { createReferenceBackend } from '@delira/backend-reference';
import type { Backend } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { comparePredictions, compareSteps, worstOf } from '../src/compareSteps.js';
import { engines } from '../src/engines.js';
import { networks } from '../src/networks.js';
import { openTraining, predict } from '../src/takeSteps.js';

/** The quick part; the others take minutes, and are in `npm run conformance`. */
const NETWORKS = ['unet2d', 'unet3d'];
const ENGINES = ['onnx-portable', 'tfjs-wasm'];

describe.each(NETWORKS)('%s', (model) => {
  const { comparison } = networks.find((network) => network.model === model)!;
  const reference = createReferenceBackend();
  const training = openTraining(comparison, reference);
  const expected = training.then((opened) => opened.takeSteps());
  const predicted = expected.then(({ state }) => predict(comparison, reference, state));
  const create = (name: string): Promise<Backend> =>
    engines.find((engine) => engine.name === name)!.create({ threads: 1 });

  it.each(ENGINES)('takes the reference’s first steps on %s', async (name) => {
    const backend = await create(name);
    const own = await openTraining(comparison, backend);
    const steps = await own.takeSteps();
    const resumed = await own.resume((await expected).state);
    const predictions = await predict(comparison, backend, (await expected).state);
    await backend.dispose();
    const resumedByReference = await (await training).resume(steps.state);
    const differences = [
      ...compareSteps({ steps, resumed, reference: await expected, resumedByReference }),
      comparePredictions(predictions, await predicted),
    ];
    const worst = differences.map(worstOf);
    expect(worst.filter(({ excess }) => !(excess <= 1))).toEqual([]);
    // Something was computed, and nothing copied.
    expect(Math.max(...worst.map(({ excess }) => excess))).toBeGreaterThan(0);
  });

  it('predicts as the reference does, from its checkpoint, where nothing can be trained', async () => {
    const backend = await create('onnx-inference');
    const predictions = await predict(comparison, backend, (await expected).state);
    await backend.dispose();
    const { excess } = worstOf(comparePredictions(predictions, await predicted));
    expect(excess).toBeGreaterThan(0);
    expect(excess).toBeLessThanOrEqual(1);
  });
});
