import { drawNoise, noise, type NDArray, type Program, type Sample, trace } from '@delira/core';
import { expectClose } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { runProgram } from '../support/runProgram.js';

function noiseProgram(): Program {
  return trace(
    () => {
      const normal = noise.normal('z', [64, 64]);
      return {
        normal,
        uniform: noise.uniform('u', [7, 3]),
        bernoulli: noise.bernoulli('keep', [50], 0.3),
        mean: normal.mean(),
        square: normal.mul(normal).mean(),
      };
    },
    { name: 'noise' },
  );
}

async function draw(
  { backend }: CaseContext,
  ...seeds: readonly (readonly [number, number])[]
): Promise<readonly Sample[]> {
  const { outputs } = await runProgram(
    backend,
    noiseProgram(),
    seeds.map((seed) => ({ seed })),
  );
  return outputs;
}

const equal = (a: NDArray, b: NDArray): boolean => a.data.every((value, index) => value === b.data[index]);

/** Random numbers are the host's, a function of (seed, step, name). */
export function noiseCases(): readonly ConformanceCase[] {
  return [
    {
      id: 'noise/equals-the-host',
      async run(context) {
        const [outputs] = await draw(context, [3, 4]);
        const drawn = drawNoise(noiseProgram(), 3, 4);
        for (const [name, output] of [
          ['z', 'normal'],
          ['u', 'uniform'],
          ['keep', 'bernoulli'],
        ] as const)
          expectClose(outputs![output]!, drawn.get(name)!, { rtol: 0, atol: 0 }, output);
      },
    },
    {
      id: 'noise/same-seed-and-step-are-identical',
      async run(context) {
        const [first] = await draw(context, [3, 4]);
        const [again] = await draw(context, [3, 4]);
        for (const name of Object.keys(first!))
          if (!equal(first![name]!, again![name]!)) throw new Error(`"${name}" differs between equal steps.`);
      },
    },
    {
      id: 'noise/seed-and-step-change-it',
      async run(context) {
        const [first, nextStep, nextSeed] = await draw(context, [3, 4], [3, 5], [4, 4]);
        for (const name of ['normal', 'uniform', 'bernoulli'])
          for (const other of [nextStep, nextSeed])
            if (equal(first![name]!, other![name]!)) throw new Error(`"${name}" is the same for another seed or step.`);
      },
    },
    {
      id: 'noise/moments',
      async run(context) {
        const [outputs] = await draw(context, [0, 0]);
        // Four standard errors of 4096 draws.
        expectClose(outputs!['mean']!, 0, { rtol: 0, atol: 4 / 64 }, 'mean');
        expectClose(outputs!['square']!, 1, { rtol: 0, atol: (4 * Math.SQRT2) / 64 }, 'mean square');
      },
    },
  ];
}
