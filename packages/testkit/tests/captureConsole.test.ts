import { describe, expect, it } from 'vitest';
import { captureConsole } from '../src/index.js';

describe('captureConsole', () => {
  it('gives what the code wrote, in order', async () => {
    const lines = await captureConsole(async () => {
      globalThis.console.warn('low disk', 3);
      await Promise.resolve();
      globalThis.console.log('done');
    });
    expect(lines).toEqual([
      { method: 'warn', text: 'low disk 3' },
      { method: 'log', text: 'done' },
    ]);
  });

  it('gives the console back after a failure', async () => {
    const { error } = globalThis.console;
    await expect(
      captureConsole(() => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
    expect(globalThis.console.error).toBe(error);
  });
});
