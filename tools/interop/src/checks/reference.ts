import { createReferenceBackend } from '@delira/backend-reference';
import { atMost, type Check, type CheckContext, type CheckRow, holds } from '../Check.js';
import { largestRelative, relativeL2, worstEntry } from '../differences.js';
import type { Comparison } from '../models/Comparison.js';
import { gradientsHere, initialWeights, trainHere } from '../training/trainHere.js';
import { resultOf, trainInPytorch } from '../training/trainInPytorch.js';

const LIMIT = 1e-6;

const compare = async (comparison: Comparison, context: CheckContext): Promise<readonly CheckRow[]> => {
  const { label, optimizers, steps } = comparison;
  const batches = await comparison.batches(steps);
  const predicted = comparison.predicted(batches[0] ?? {});
  const weights = initialWeights(comparison);
  context.report(`${label}, PyTorch`);
  const results = await trainInPytorch(comparison, {
    python: await context.python(),
    folder: context.folder,
    threads: context.threads,
    weights,
    batches,
    predicted,
    runs: optimizers.map(({ name, pytorch }) => ({
      name,
      optimizer: pytorch,
      dtype: 'float64',
      steps,
      gradientBatches: 1,
    })),
  });
  const backend = createReferenceBackend();
  const rows: CheckRow[] = [];
  for (const { name, create } of optimizers) {
    context.report(`${label}, ${name}`);
    const expected = resultOf(results, name);
    const actual = await trainHere(comparison, { backend, optimizer: create, batches, predicted });
    const state = worstEntry(actual.state, await expected.state());
    rows.push(
      atMost(
        `${label}, ${name}: losses of ${steps} steps, largest difference`,
        largestRelative(actual.losses, expected.losses),
        LIMIT,
      ),
      atMost(`${label}, ${name}: variables afterwards, worst ${state.name}`, state.difference, LIMIT),
      atMost(
        `${label}, ${name}: prediction in evaluation mode`,
        relativeL2(actual.prediction.data, (await expected.prediction()).data),
        LIMIT,
      ),
    );
  }
  const first = resultOf(results, optimizers[0].name);
  const [here] = await gradientsHere(comparison, backend, batches.slice(0, 1));
  const worst = worstEntry(here?.gradients ?? new Map(), await first.gradients(0));
  rows.push(atMost(`${label}: gradients of the first step, worst ${worst.name}`, worst.difference, LIMIT));
  const names = [...(await first.state()).keys()];
  rows.push(
    holds(
      `${label}: names of all variables`,
      names.length === weights.size && names.every((name) => weights.has(name)),
      `PyTorch's ${names.length}`,
    ),
  );
  await backend.dispose();
  return rows;
};

/** The oracle of all other tests against an independent implementation, both in float64. */
export const reference: Check = {
  name: 'reference',
  description: 'steps of every network on digits, reference backend against PyTorch, both float64',
  async run(context) {
    const rows: CheckRow[] = [];
    for (const model of context.models) {
      for (const comparison of model.reference) rows.push(...(await compare(comparison, context)));
    }
    return rows;
  },
};
