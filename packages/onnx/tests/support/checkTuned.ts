import { createRng, type NDArray, type Program } from '@delira/core';
import { expectClose, randomArray } from '@delira/testkit';
import { type BlockSize, type LoweredProgram, tunedFlavour } from '../../src/index.js';
import { runLowered } from './runLowered.js';
import { runReference } from './runReference.js';

/** Compares outputs and written variables with the oracle; gives the lowered program. */
export async function checkTuned(program: Program, block: BlockSize): Promise<LoweredProgram> {
  const rng = createRng(5);
  const draw = (ids: Readonly<Record<string, number>>): [string, NDArray][] =>
    Object.entries(ids).map(([name, id]) => [name, randomArray(program.avals[id]!, [-1, 1], rng.fork(name))]);
  const arrays = { batch: Object.fromEntries(draw(program.feeds)), state: new Map(draw(program.reads)) };
  const lowered = tunedFlavour(block).lower(program);
  const actual = runLowered(program, lowered, arrays, block);
  const expected = await runReference(program, arrays);
  const tolerance = { rtol: 1e-5, atol: 1e-6, relativeTo: 'array' } as const;
  for (const [name, array] of Object.entries(expected.outputs))
    expectClose(actual.outputs[name]!.data, array, tolerance, name);
  for (const [name, values] of actual.state) expectClose(values, expected.state.get(name)!.data, tolerance, name);
  return lowered;
}
