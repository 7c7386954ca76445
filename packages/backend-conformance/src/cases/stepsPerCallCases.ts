import type { Sample } from '@delira/core';
import { expectEqual } from '@delira/testkit';
import type { ConformanceCase } from '../ConformanceCase.js';
import { type TrainingRun, trainingRun } from '../support/trainingRun.js';

function expectSameOutputs(actual: readonly Sample[], expected: readonly Sample[]): void {
  if (actual.length !== expected.length) throw new Error(`${actual.length} outputs, expected ${expected.length}.`);
  expected.forEach((sample, step) => {
    for (const [name, array] of Object.entries(sample))
      expectEqual(actual[step]![name]!, array, `${name} of step ${step}`);
  });
}

async function expectSameState(actual: TrainingRun, expected: TrainingRun): Promise<void> {
  const after = await actual.state.read();
  for (const [name, array] of await expected.state.read()) expectEqual(after.get(name)!, array, name);
}

/** K steps in one call equal K calls, bit for bit. */
export function stepsPerCallCases(): readonly ConformanceCase[] {
  const steps = [0, 1, 2, 3];
  return [
    {
      id: 'steps-per-call/4-equals-4-times-1',
      async run({ backend }) {
        const [together, single] = [await trainingRun(backend), await trainingRun(backend)];
        const expected: Sample[] = [];
        for (const step of steps) expected.push(...(await single.train([step])));
        expectSameOutputs(await together.train(steps), expected);
        await expectSameState(together, single);
        const losses = new Set(expected.map((sample) => sample['loss']!.data[0]));
        if (losses.size !== steps.length)
          throw new Error('The steps gave equal losses, so their order cannot be seen.');
        await Promise.all([together.dispose(), single.dispose()]);
      },
    },
    {
      id: 'steps-per-call/any-partition-is-equal',
      async run({ backend }) {
        const [one, other] = [await trainingRun(backend), await trainingRun(backend)];
        const expected = await one.train(steps);
        const actual = [...(await other.train([0])), ...(await other.train([1, 2, 3]))];
        expectSameOutputs(actual, expected);
        await expectSameState(other, one);
        await Promise.all([one.dispose(), other.dispose()]);
      },
    },
    {
      id: 'steps-per-call/none-changes-nothing',
      async run({ backend }) {
        const [run, untouched] = [await trainingRun(backend), await trainingRun(backend)];
        expectSameOutputs(await run.train([]), []);
        await expectSameState(run, untouched);
        await Promise.all([run.dispose(), untouched.dispose()]);
      },
    },
  ];
}
