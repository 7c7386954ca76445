import { ArgumentError } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FitResult, TimeLimit } from '../src/index.js';
import { digestOf, tinyLoaders, type TinyTrainer, tinyTrainer } from './support/tinyTraining.js';

const SECONDS = 100;
const reason = 'the time limit of 100 s is reached';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  process.exitCode = undefined;
});

/** Lets the time run out when so many steps are done. */
const outOfTimeAfter = (step: number) => ({
  onBatchEnd: (run: { readonly step: number }): void => {
    if (run.step === step) vi.advanceTimersByTime(1000 * SECONDS);
  },
});

function limited(savePath: string, before: readonly object[] = []): TinyTrainer {
  return tinyTrainer({ savePath, stepsPerCall: 1, callbacks: [...before, new TimeLimit({ seconds: SECONDS })] });
}

const fit = (trainer: TinyTrainer, resume?: string): Promise<FitResult> =>
  trainer.fit(tinyLoaders(), { epochs: 3, handleSignals: false, ...(resume === undefined ? {} : { resume }) });

describe('TimeLimit', () => {
  it('stops and saves once the time is over, and sets the code; the run goes on in the same bits', async () => {
    const savePath = temporaryFolder();
    const whole = tinyTrainer();
    await fit(whole);
    const result = await fit(limited(savePath, [outOfTimeAfter(8)]));
    expect(result).toMatchObject({ stopped: reason, step: 8, checkpoint: join(savePath, 'last.safetensors') });
    expect(process.exitCode).toBe(75);

    // The time of the next process counts from its own start.
    process.exitCode = undefined;
    vi.useRealTimers();
    const seconds = performance.now() / 1000 + 1000;
    const resumed = tinyTrainer({ callbacks: [new TimeLimit({ seconds })], savePath });
    expect(await fit(resumed, join(savePath, 'last.safetensors'))).toMatchObject({ stopped: null, step: 18 });
    expect(process.exitCode).toBe(undefined);
    expect(await digestOf(resumed)).toBe(await digestOf(whole));
  });

  it('stops a validation, which a resumed run does again', async () => {
    const { train, val } = tinyLoaders();
    const slow = {
      batches: val.batches,
      samples: val.samples,
      async *epoch(epoch: number) {
        vi.advanceTimersByTime(1000 * SECONDS);
        yield* val.epoch(epoch);
      },
    };
    const result = await limited(temporaryFolder()).fit({ train, val: slow }, { epochs: 3, handleSignals: false });
    expect(result).toMatchObject({ stopped: reason, step: 6, history: [] });
    expect(process.exitCode).toBe(75);
  });

  it('takes another code', async () => {
    const callbacks = [outOfTimeAfter(1), new TimeLimit({ seconds: SECONDS, exitCode: 99 })];
    await fit(tinyTrainer({ savePath: temporaryFolder(), callbacks }));
    expect(process.exitCode).toBe(99);
  });

  it('begins no step when the time is over before', async () => {
    vi.advanceTimersByTime(1000 * SECONDS);
    expect(await fit(limited(temporaryFolder()))).toMatchObject({ stopped: reason, step: 0 });
    expect(process.exitCode).toBe(75);
  });

  it('sets no code when the training was finished', async () => {
    const atTheEnd = {
      onEpochEnd: (run: { readonly epoch: number }): void => {
        if (run.epoch === 2) vi.advanceTimersByTime(1000 * SECONDS);
      },
    };
    expect(await fit(limited(temporaryFolder(), [atTheEnd]))).toMatchObject({ step: 18 });
    expect(process.exitCode).toBe(undefined);
  });

  it('sets no code when the training ended for another reason', async () => {
    const stopping = { onEpochEnd: (run: { stop(reason: string): void }): void => run.stop('enough') };
    const early = limited(temporaryFolder(), [stopping]);
    expect(await fit(early)).toMatchObject({ stopped: 'enough', step: 6 });
    expect(process.exitCode).toBe(undefined);
  });

  it('refuses a run that is not saved, which could never be finished', async () => {
    const trainer = tinyTrainer({ callbacks: [new TimeLimit({ seconds: SECONDS })] });
    await expect(fit(trainer)).rejects.toThrow(
      new ArgumentError(
        'TimeLimit: the trainer has no savePath, so a run that is queued again would begin anew. Give the trainer a savePath.',
      ),
    );
  });

  it.each([
    [{ seconds: 0 }, 'TimeLimit: seconds is 0; it must be a number greater than 0.'],
    [
      { seconds: 1, exitCode: 0 },
      'TimeLimit: exitCode is 0; it must be an integer from 1 to 255, since 0 says that all is done.',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new TimeLimit(options)).toThrow(new ArgumentError(message));
  });
});
