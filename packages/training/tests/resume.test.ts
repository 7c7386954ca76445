import { CsvHandler, JsonlHandler, Logger } from '@delira/logging';
import { temporaryFolder } from '@delira/testkit/vitest';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Callback, FitResult } from '../src/index.js';
import { digestOf, STEPS_PER_EPOCH, tinyLoaders, type TinyOptions, tinyTrainer } from './support/tinyTraining.js';

const EPOCHS = 2;
const STEPS = EPOCHS * STEPS_PER_EPOCH;

interface Outcome {
  readonly digest: string;
  readonly history: FitResult['history'];
  readonly step: number;
  readonly best: number | null;
  readonly epochsCsv: string;
  readonly jsonl: string;
}

/** Trains in a folder, from its checkpoint if asked to, as a process of its own would. */
async function trainIn(folder: string, options: TinyOptions, resume: boolean): Promise<Outcome> {
  const [csv, jsonl] = [join(folder, 'epochs.csv'), join(folder, 'history.jsonl')];
  const logger = new Logger({
    handlers: [new CsvHandler({ path: csv }), new JsonlHandler({ path: jsonl })],
    onHandlerError: (error) => {
      throw error;
    },
  });
  const trainer = tinyTrainer({ logger, savePath: folder, ...options });
  const { history, step } = await trainer.fit(tinyLoaders(), {
    epochs: EPOCHS,
    handleSignals: false,
    ...(resume ? { resume: join(folder, 'last.safetensors') } : {}),
  });
  const outcome = {
    digest: await digestOf(trainer),
    history,
    step,
    best: trainer.position.best,
  };
  logger.close();
  await trainer.dispose();
  const text = (path: string): string => (step === 0 ? '' : readFileSync(path, 'utf8'));
  return { ...outcome, epochsCsv: history.length === 0 ? '' : text(csv), jsonl: text(jsonl) };
}

/** Asks to stop once `step` steps are done. */
const stopAfter = (step: number): Callback => ({
  onBatchEnd: (run) => {
    if (run.step >= step) run.stop('the test says so');
  },
});

/** From the second epoch on a rate of its own, decided from what is in the checkpoint. */
const overrideRate: Callback = {
  onEpochEnd: (run) => {
    if (run.history.length === 1) run.hyper['default.lr'] = 0.02 * run.metrics['loss']!;
  },
};

let whole: Outcome;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'delira-whole-'));
  whole = await trainIn(folder, { stepsPerCall: 1, callbacks: [overrideRate] }, false);
  rmSync(folder, { recursive: true });
});

describe('a run that was never interrupted', () => {
  it('has trained, in as many steps as there are whole batches', () => {
    expect(whole.step).toBe(STEPS);
    expect(whole.history).toHaveLength(EPOCHS);
    expect(whole.history[1]!['loss']).toBeLessThan(whole.history[0]!['loss']!);
    expect(whole.epochsCsv.split('\n')).toHaveLength(EPOCHS + 2);
    expect(whole.jsonl.split('\n')).toHaveLength(STEPS + EPOCHS + 1);
  });

  it.each([2, 4, 'auto'] as const)('ends in the same bits with %s steps per call', async (stepsPerCall) => {
    expect(await trainIn(temporaryFolder(), { stepsPerCall, callbacks: [overrideRate] }, false)).toEqual(whole);
  });

  it('depends on the seed', async () => {
    const other = await trainIn(temporaryFolder(), { seed: 4, callbacks: [overrideRate] }, false);
    expect(other.digest).not.toBe(whole.digest);
  });
});

describe.each([1, 2, 4])('with %d steps per call', (stepsPerCall) => {
  it.each(Array.from({ length: STEPS }, (_, index) => index + 1))(
    'a run stopped at step %d and resumed ends in the same bits, histories included',
    async (step) => {
      const folder = temporaryFolder();
      const first = await trainIn(folder, { stepsPerCall, callbacks: [overrideRate, stopAfter(step)] }, false);
      expect(first.step).toBeGreaterThanOrEqual(step);
      expect(first.step).toBeLessThan(step + stepsPerCall);
      expect(first.history).toHaveLength(first.step > STEPS_PER_EPOCH ? 1 : 0);
      expect(await trainIn(folder, { stepsPerCall, callbacks: [overrideRate] }, true)).toEqual(whole);
    },
  );
});

describe('a run', () => {
  it('may be stopped again and again, with another number of steps per call each time', async () => {
    const folder = temporaryFolder();
    let outcome = await trainIn(folder, { stepsPerCall: 2, callbacks: [overrideRate, stopAfter(1)] }, false);
    for (let calls = 0; outcome.step < STEPS || outcome.history.length < EPOCHS; calls++) {
      const callbacks = [overrideRate, stopAfter(outcome.step + 1)];
      outcome = await trainIn(folder, { stepsPerCall: 1 + (calls % 3), callbacks }, true);
    }
    expect(outcome).toEqual(whole);
  });

  it('goes on in the same trainer when fit is called again', async () => {
    const stops = [2, 7, 12];
    const callbacks: Callback[] = [
      overrideRate,
      {
        onBatchEnd: (run) => {
          if (run.step >= (stops[0] ?? Infinity)) run.stop(`at ${stops.shift()}`);
        },
      },
    ];
    const trainer = tinyTrainer({ stepsPerCall: 1, callbacks });
    const reasons: (string | null)[] = [];
    let result;
    do {
      result = await trainer.fit(tinyLoaders(), { epochs: EPOCHS, handleSignals: false });
      reasons.push(result.stopped);
    } while (result.stopped !== null);
    expect(reasons).toEqual(['at 2', 'at 7', 'at 12', null]);
    expect(result.history).toEqual(whole.history);
    expect(await digestOf(trainer)).toBe(whole.digest);
  });

  it('that is finished is left as it is by a resume', async () => {
    const folder = temporaryFolder();
    const finished = await trainIn(folder, { callbacks: [overrideRate] }, false);
    const before = readFileSync(join(folder, 'last.safetensors'));
    expect(await trainIn(folder, { callbacks: [overrideRate] }, true)).toEqual(finished);
    expect(readFileSync(join(folder, 'last.safetensors')).equals(before)).toBe(true);
  });

  it('can be prolonged: the result is that of a run that was meant to be as long', async () => {
    const trainer = tinyTrainer({ callbacks: [overrideRate] });
    await trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false });
    await trainer.fit(tinyLoaders(), { epochs: 2, handleSignals: false });
    expect(await digestOf(trainer)).toBe(whole.digest);
  });

  it('validates again when it was stopped during validation', async () => {
    const folder = temporaryFolder();
    const trainer = tinyTrainer({ savePath: folder, callbacks: [overrideRate] });
    const loaders = tinyLoaders();
    const val = {
      batches: loaders.val.batches,
      samples: loaders.val.samples,
      async *epoch(epoch: number) {
        process.emit('SIGINT', 'SIGINT');
        yield* loaders.val.epoch(epoch);
      },
    };
    const result = await trainer.fit({ train: loaders.train, val }, { epochs: EPOCHS });
    expect(result).toMatchObject({ signal: 'SIGINT', history: [], step: STEPS_PER_EPOCH });
    const resumed = await trainIn(folder, { callbacks: [overrideRate] }, true);
    expect({ ...resumed, jsonl: '' }).toEqual({ ...whole, jsonl: '' });
  });

  it('killed after the row of an epoch was written, but before its checkpoint, has that row once', async () => {
    const folder = temporaryFolder();
    await trainIn(folder, { stepsPerCall: 1, callbacks: [overrideRate, stopAfter(STEPS_PER_EPOCH)] }, false);
    const checkpoint = readFileSync(join(folder, 'last.safetensors'));
    const killed = temporaryFolder();
    cpSync(folder, killed, { recursive: true });
    await trainIn(killed, { callbacks: [overrideRate] }, true);
    writeFileSync(join(killed, 'last.safetensors'), checkpoint);
    expect(await trainIn(killed, { callbacks: [overrideRate] }, true)).toEqual(whole);
  });
});
