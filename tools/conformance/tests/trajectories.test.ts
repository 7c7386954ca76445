import { createReferenceBackend } from '@delira/backend-reference';
import { describe, expect, it } from 'vitest';
import { compareSteps, worstOf } from '../src/compareSteps.js';
import { engines } from '../src/engines.js';
import { networks } from '../src/networks.js';
import { resumeSteps, takeSteps } from '../src/takeSteps.js';

/** The quick part; the others take minutes, and are in `npm run conformance`. */
const NETWORKS = ['unet2d', 'unet3d'];
const ENGINES = ['onnx-portable', 'tfjs-wasm'];

describe.each(NETWORKS)('%s', (model) => {
  const { comparison } = networks.find((network) => network.model === model)!;
  const reference = createReferenceBackend();
  const expected = takeSteps(comparison, reference);

  it.each(ENGINES)('takes the reference’s first steps on %s', async (name) => {
    const backend = await engines.find((engine) => engine.name === name)!.create({ threads: 1 });
    const steps = await takeSteps(comparison, backend);
    const resumed = await resumeSteps(comparison, backend, (await expected).state);
    await backend.dispose();
    const resumedByReference = await resumeSteps(comparison, reference, steps.state);
    const differences = compareSteps({ steps, resumed, reference: await expected, resumedByReference });
    const worst = differences.map(worstOf);
    expect(worst.filter(({ excess }) => !(excess <= 1))).toEqual([]);
    // Something was computed, and nothing copied.
    expect(Math.max(...worst.map(({ excess }) => excess))).toBeGreaterThan(0);
  });
});
