import { EngineError, type Feeds } from '@delira/core';
import type { Batch, Loader } from '@delira/data-loading';
import { Logger } from '@delira/logging';
import { temporaryFolder } from '@delira/testkit/vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Callback } from '../src/index.js';
import { digestOf, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';
import { watchedBackend } from './support/watchedBackend.js';

const unhandled: unknown[] = [];
const remember = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', remember));
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', remember);
  expect(unhandled.splice(0)).toEqual([]);
});

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The training loader, telling how many epochs are open and which batches were asked for. */
function watchedLoader(beforeBatch: (batch: number) => void | Promise<void> = () => undefined) {
  const { train } = tinyLoaders();
  const watched = {
    open: 0,
    asked: [] as number[],
    batches: train.batches,
    samples: train.samples,
    async *epoch(epoch: number, from = 0): AsyncGenerator<Batch> {
      watched.open++;
      try {
        let batch = from;
        for await (const loaded of train.epoch(epoch, from)) {
          watched.asked.push(batch);
          await beforeBatch(batch);
          batch++;
          yield loaded;
        }
      } finally {
        watched.open--;
      }
    },
  };
  return watched;
}

/** The state after so many steps of an undisturbed run. */
async function digestAfter(steps: number): Promise<string> {
  const stop = {
    onBatchEnd: (run: { step: number; stop(reason: string): void }) => (run.step >= steps ? run.stop('') : undefined),
  };
  const trainer = tinyTrainer({ stepsPerCall: 1, callbacks: [stop] });
  await trainer.fit({ train: tinyLoaders().train }, { epochs: 2, handleSignals: false });
  return digestOf(trainer);
}

describe('batches', () => {
  it('load while the engine works', async () => {
    const events: string[] = [];
    const backend = watchedBackend(async (call) => {
      events.push(`call ${call} begins`);
      await pause(5);
      events.push(`call ${call} ends`);
    });
    const loader = watchedLoader((batch) => void events.push(`batch ${batch} loads`));
    await tinyTrainer({ backend, stepsPerCall: 1 }).fit({ train: loader }, { epochs: 1, handleSignals: false });
    expect(events.slice(0, 7)).toEqual([
      'batch 0 loads',
      'call 0 begins',
      'batch 1 loads',
      'call 0 ends',
      'call 1 begins',
      'batch 2 loads',
      'call 1 ends',
    ]);
    expect(loader.open).toBe(0);
  });

  it('come in groups of the steps per call, less at the end', async () => {
    const backend = watchedBackend();
    await tinyTrainer({ backend, stepsPerCall: 4 }).fit(tinyLoaders(), { epochs: 2, handleSignals: false });
    const steps = backend.calls.map((feeds: readonly Feeds[]) => feeds.map(({ seed }) => seed![1]));
    expect(steps).toEqual([
      [0, 1, 2, 3],
      [4, 5],
      [6, 7, 8, 9],
      [10, 11],
    ]);
    expect(backend.calls[0]!.map(({ seed }) => seed![0])).toEqual([3, 3, 3, 3]);
  });
});

describe.each([1, 2, 4, 16])('a loader that fails at batch 3, with %d steps per call', (stepsPerCall) => {
  it('ends the training after the three steps before it, saved', async () => {
    const loader = watchedLoader((batch) => {
      if (batch === 3) throw new Error('no such file');
    });
    const folder = temporaryFolder();
    const texts: string[] = [];
    const logger = new Logger({
      handlers: [
        { emit: (record) => void (record.kind === 'text' && record.level === 'error' && texts.push(record.text)) },
      ],
    });
    const trainer = tinyTrainer({ stepsPerCall, savePath: folder, logger });
    await expect(trainer.fit({ train: loader }, { epochs: 1, handleSignals: false })).rejects.toThrow('no such file');
    expect(loader.open).toBe(0);
    expect(trainer.position.step).toBe(3);
    const checkpoint = join(folder, 'last.safetensors');
    expect(texts).toEqual([`The training failed; its state after step 3 is in ${checkpoint}.`]);
    const restored = tinyTrainer();
    await restored.restore(checkpoint);
    expect(await digestOf(restored)).toBe(await digestAfter(3));
  });
});

describe('an engine that fails', () => {
  it.each([0, 1, 2])(
    'at call %d while a batch loads leaves the state before it, and closes the loader',
    async (failing) => {
      const backend = watchedBackend(async (call) => {
        await pause(2);
        if (call === failing) throw new EngineError('out of memory');
      });
      const loader = watchedLoader(() => pause(6));
      const folder = temporaryFolder();
      const trainer = tinyTrainer({ backend, stepsPerCall: 2, savePath: folder });
      await expect(trainer.fit({ train: loader }, { epochs: 1, handleSignals: false })).rejects.toThrow(
        new EngineError('out of memory'),
      );
      expect(loader.open).toBe(0);
      expect(trainer.position.step).toBe(2 * failing);
      expect(existsSync(join(folder, 'last.safetensors'))).toBe(failing > 0);
      expect(await digestOf(trainer)).toBe(await (failing === 0 ? digestOf(tinyTrainer()) : digestAfter(2 * failing)));
    },
  );

  it('while the loader fails too is what is reported', async () => {
    const backend = watchedBackend(async () => {
      await pause(5);
      throw new EngineError('out of memory');
    });
    const loader = watchedLoader((batch) => {
      if (batch === 1) throw new Error('no such file');
    });
    const fitting = tinyTrainer({ backend, stepsPerCall: 1 }).fit(
      { train: loader },
      { epochs: 1, handleSignals: false },
    );
    await expect(fitting).rejects.toThrow('out of memory');
  });

  it('can be tried again: the run ends as if it had not failed', async () => {
    const backend = watchedBackend((call) => {
      if (call === 2) throw new EngineError('a hiccup');
    });
    const trainer = tinyTrainer({ backend, stepsPerCall: 2 });
    await expect(trainer.fit(tinyLoaders(), { epochs: 2, handleSignals: false })).rejects.toThrow('a hiccup');
    await trainer.fit(tinyLoaders(), { epochs: 2, handleSignals: false });
    const whole = tinyTrainer();
    await whole.fit(tinyLoaders(), { epochs: 2, handleSignals: false });
    expect(await digestOf(trainer)).toBe(await digestOf(whole));
    expect(trainer.position).toEqual(whole.position);
  });

  it('in creating the state is told, and creating it is tried again', async () => {
    const backend = watchedBackend();
    let failures = 1;
    const createState: typeof backend.createState = (initial) =>
      failures-- > 0 ? Promise.reject(new EngineError('no memory')) : backend.createState(initial);
    const trainer = tinyTrainer({ backend: { ...backend, createState } });
    await expect(trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false })).rejects.toThrow('no memory');
    expect((await trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false })).step).toBe(6);
  });

  it('in compiling is told, and compiling is tried again', async () => {
    const backend = watchedBackend();
    let failures = 1;
    const trainer = tinyTrainer({
      backend: {
        ...backend,
        compile: (program) =>
          failures-- > 0 ? Promise.reject(new EngineError('no compiler')) : backend.compile(program),
      },
    });
    await expect(trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false })).rejects.toThrow('no compiler');
    expect((await trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false })).step).toBe(6);
    await trainer.dispose();
  });
});

describe('a stop', () => {
  it('does not wait for batches that nobody will use', async () => {
    let openGate = (): void => undefined;
    const gate = new Promise<void>((resolve) => (openGate = resolve));
    // The fifth batch is still loading when the hook stops.
    const loader = watchedLoader((batch) => (batch === 4 ? gate : undefined));
    const stop: Callback = {
      onBatchEnd: (run) => {
        run.stop('enough');
        setTimeout(openGate, 1);
      },
    };
    const trainer = tinyTrainer({ stepsPerCall: 4, callbacks: [stop] });
    const result = await trainer.fit({ train: loader }, { epochs: 1, handleSignals: false });
    expect(result).toMatchObject({ stopped: 'enough', signal: null, step: 4, history: [] });
    expect(loader.open).toBe(0);
    expect(loader.asked).toEqual([0, 1, 2, 3, 4]);
  });

  it('before the first step saves the initial state', async () => {
    const folder = temporaryFolder();
    const trainer = tinyTrainer({ savePath: folder, callbacks: [{ onTrainBegin: (run) => run.stop('not today') }] });
    const result = await trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false });
    expect(result).toMatchObject({ stopped: 'not today', step: 0, checkpoint: join(folder, 'last.safetensors') });
  });
});

describe('evaluation', () => {
  it('loads the next batch while the engine works, and closes the loader when the engine fails', async () => {
    const val = tinyLoaders().val;
    let open = 0;
    const loader: Loader = {
      ...{ batches: val.batches, samples: val.samples },
      async *epoch(epoch) {
        open++;
        try {
          for await (const batch of val.epoch(epoch)) {
            yield batch;
            await pause(3);
          }
        } finally {
          open--;
        }
      },
    };
    const backend = watchedBackend();
    const trainer = tinyTrainer({
      backend: {
        ...backend,
        compile: async (program) => ({
          ...(await backend.compile(program)),
          run: () => Promise.reject(new EngineError('out of memory')),
        }),
      },
    });
    await expect(trainer.evaluate(loader)).rejects.toThrow('out of memory');
    expect(open).toBe(0);
  });
});
