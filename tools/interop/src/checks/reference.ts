import { createReferenceBackend } from '@delira/backend-reference';
import { atMost, type Check, type CheckRow } from '../Check.js';
import { largestRelative, relativeL2, worstEntry } from '../differences.js';
import { mnistBatches } from '../resnet18/mnistBatches.js';
import { optimizerPairs } from '../resnet18/optimizers.js';
import { gradientsHere, initialWeights, trainHere } from '../resnet18/trainHere.js';
import { type PytorchResult, trainInPytorch } from '../resnet18/trainInPytorch.js';

const SEED = 1;
const STEPS = 20;
/**
 * Small enough for a plain TypeScript interpreter (two seconds a step). Not smaller: the last maps have one pixel, and batch norm over
 * four images is so chaotic that rounding differences of 1e-15 grow to 1e-7 in six steps.
 */
const BATCH = 16;
const SIDE = 28;
const LIMIT = 1e-6;

const resultOf = (results: ReadonlyMap<string, PytorchResult>, name: string): PytorchResult => {
  const result = results.get(name);
  if (result === undefined) throw new Error(`PyTorch wrote no results of ${name}.`);
  return result;
};

/** The oracle of all other tests against an independent implementation, both in float64. */
export const reference: Check = {
  name: 'reference',
  description: `${STEPS} steps of ResNet18 on MNIST [${BATCH}, 1, ${SIDE}, ${SIDE}], reference backend against PyTorch, both float64`,
  async run({ python, folder, threads, report }) {
    const batches = await mnistBatches(STEPS, BATCH, SIDE);
    report('PyTorch');
    const results = await trainInPytorch({
      python: await python(),
      folder,
      threads,
      weights: initialWeights(SEED),
      batches,
      runs: optimizerPairs.map(({ name, pytorch }) => ({
        name,
        optimizer: pytorch,
        dtype: 'float64',
        steps: STEPS,
        gradientBatches: 1,
      })),
    });
    const backend = createReferenceBackend();
    const rows: CheckRow[] = [];
    for (const { name, create } of optimizerPairs) {
      report(name);
      const expected = resultOf(results, name);
      const actual = await trainHere({ backend, optimizer: create(), batches, seed: SEED, stepsPerCall: 1 });
      const state = worstEntry(actual.state, expected.state);
      rows.push(
        atMost(
          `${name}: losses of ${STEPS} steps, largest difference`,
          largestRelative(actual.losses, expected.losses),
          LIMIT,
        ),
        atMost(`${name}: variables afterwards, worst ${state.name}`, state.difference, LIMIT),
        atMost(`${name}: logits in evaluation mode`, relativeL2(actual.logits.data, expected.logits.data), LIMIT),
      );
    }
    const [here] = await gradientsHere(backend, batches.slice(0, 1), SEED);
    const worst = worstEntry(here?.gradients ?? new Map(), resultOf(results, 'sgd').gradients[0] ?? new Map());
    rows.push(atMost(`gradients of the first step, worst ${worst.name}`, worst.difference, LIMIT));
    await backend.dispose();
    return rows;
  },
};
