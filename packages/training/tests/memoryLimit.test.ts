import { createReferenceBackend } from '@delira/backend-reference';
import { trace } from '@delira/core';
import { ConsoleHandler, Logger } from '@delira/logging';
import { totalmem } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryLimitError } from '../src/index.js';
import { machineMemory, MemoryLimit } from '../src/MemoryLimit.js';
import { tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

const GIB = 2 ** 30;

/** 100 GiB of batch and as much of activations: nothing is allocated. */
const large = trace((recording) => ({ y: recording.feed('x', { shape: [25, GIB], dtype: 'float32' }).exp() }), {
  name: 'Large.predict',
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a limit', () => {
  it('refuses what cannot fit, with the figures', () => {
    const limit = new MemoryLimit(150 * GIB);
    expect(() => limit.check(large)).toThrow(MemoryLimitError);
    expect(() => limit.check(large)).toThrow(
      /^Large.predict needs at least 200.00 GiB beside the \d\.\d\d GiB this process has or keeps, and probably 280 GiB: 100 GiB batch \+ .*; the limit is 150.00 GiB. Use smaller/,
    );
  });

  it('lets pass, with a warning, what may not fit', () => {
    expect(new MemoryLimit(250 * GIB).check(large).mayNotFit).toBe(true);
    const { estimate, mayNotFit } = new MemoryLimit(400 * GIB).check(large);
    expect(mayNotFit).toBe(false);
    expect(estimate.total).toBe(280 * GIB + 60 * 2 ** 20);
    expect(new MemoryLimit(Infinity).check(large).mayNotFit).toBe(false);
  });

  it('counts what the engine keeps of the Programs before', () => {
    const limit = new MemoryLimit(450 * GIB);
    expect(limit.check(large).mayNotFit).toBe(false);
    expect(limit.check(large).mayNotFit).toBe(true);
    expect(() => limit.check(large)).toThrow(/at least 200.00 GiB beside the 40\d\.\d\d GiB/);
  });

  it.each([0, -1, NaN])('of %d bytes is refused', (limit) => {
    expect(() => new MemoryLimit(limit)).toThrow(/memoryLimit must be a positive number/);
  });

  it('is the container’s, or else the machine’s memory', () => {
    const constrained = vi.spyOn(process, 'constrainedMemory').mockReturnValue(GIB);
    expect(machineMemory()).toBe(Math.min(GIB, totalmem()));
    constrained.mockReturnValue(0);
    expect(machineMemory()).toBe(totalmem());
    constrained.mockReturnValue(2 ** 64);
    expect(machineMemory()).toBe(totalmem());
  });
});

describe('a trainer', () => {
  it('says what a step needs, and refuses it before it is compiled', async () => {
    const lines: string[] = [];
    const logger = new Logger({
      handlers: [new ConsoleHandler({ stream: { write: (text) => void lines.push(text) } })],
    });
    await tinyTrainer({ logger }).fit(tinyLoaders(), { epochs: 1, handleSignals: false });
    expect(lines.join('')).toMatch(/TinyNetwork\.train needs about 60 MiB: .*0\.0 MiB optimizer state \+ .*\.\n/);
    const backend = createReferenceBackend();
    const compile = vi.spyOn(backend, 'compile');
    const refused = tinyTrainer({ backend, memoryLimit: 1 });
    await expect(refused.fit(tinyLoaders(), { epochs: 1, handleSignals: false })).rejects.toThrow(MemoryLimitError);
    expect(compile).not.toHaveBeenCalled();
  });
});
