import { ArgumentError, UnsupportedError } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { chooseFlavour, type FlavourEngine } from '../src/index.js';
import { runLowered } from './support/runLowered.js';

/** An engine whose kernels have blocks of that size; null: it refuses them. */
function engineOf(machine: number | null, changes: Partial<FlavourEngine> = {}): FlavourEngine & { runs: string[] } {
  const runs: string[] = [];
  return {
    runs,
    name: 'onnxruntime-node',
    providers: ['cpu'],
    async run(program, flavour, batch) {
      runs.push(flavour.name);
      if (machine === null && flavour.name !== 'portable') throw new Error('no such kernel');
      const { outputs } = runLowered(program, flavour.lower(program), { batch }, machine ?? 16);
      return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
    },
    ...changes,
  };
}

describe('chooseFlavour', () => {
  it.each([16, 8])('finds the blocks of %d that a machine has', async (machine) => {
    for (const wanted of ['auto', 'tuned'] as const)
      expect(await chooseFlavour(engineOf(machine), wanted)).toMatchObject({
        name: 'tuned',
        flavour: { name: `tuned${machine}` },
        reason: `blocks of ${machine}, same numbers as portable`,
      });
  });

  it('stays with the portable flavour where blocks are refused, and says so to those who asked', async () => {
    expect(await chooseFlavour(engineOf(null), 'auto')).toMatchObject({
      name: 'portable',
      reason: 'the tuned one is not right on this CPU (blocks of 16: no such kernel; blocks of 8: no such kernel)',
    });
    await expect(chooseFlavour(engineOf(null), 'tuned')).rejects.toThrow(UnsupportedError);
  });

  it('stays with the portable flavour where other blocks give other numbers', async () => {
    const { name, reason } = await chooseFlavour(engineOf(24), 'auto');
    expect(name).toBe('portable');
    expect(reason).toMatch(/blocks of 16: "\w+" differs by .*blocks of 8: "\w+" differs by/);
  });

  it.each([
    [
      { name: 'onnxruntime-web' },
      'the tuned one is for onnxruntime-node only',
      'The tuned flavour needs onnxruntime-node; onnxruntime-web has no blocked kernels.',
    ],
    [
      { providers: ['webgpu', 'cpu'] },
      'the tuned one is for the CPU provider only',
      'The tuned flavour needs the provider "cpu" first, got webgpu, cpu.',
    ],
  ])('tries nothing with %o', async (changes, reason, refusal) => {
    const engine = engineOf(16, changes);
    expect(await chooseFlavour(engine, 'auto')).toMatchObject({ name: 'portable', reason });
    await expect(chooseFlavour(engine, 'tuned')).rejects.toEqual(
      new UnsupportedError(`${refusal} Use flavour 'auto' or 'portable'.`),
    );
    expect(engine.runs).toEqual([]);
  });

  it('takes what is asked for, if there is such a flavour', async () => {
    const engine = engineOf(16);
    expect(await chooseFlavour(engine, 'portable')).toMatchObject({ name: 'portable', reason: 'asked for' });
    expect(engine.runs).toEqual([]);
    await expect(chooseFlavour(engine, 'tunde' as 'tuned')).rejects.toEqual(
      new ArgumentError('flavour is "tunde". Did you mean "tuned"? It can be auto, portable, tuned.'),
    );
  });
});
