import { ArgumentError, NotFoundError } from '@delira/core';
import { accumulate, adam, perEpoch, StepLR } from '@delira/optim';
import { temporaryFolder } from '@delira/testkit/vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Callback, type RunView, Trainer } from '../src/index.js';
import { digestOf, STEPS_PER_EPOCH, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';
import { watchedBackend } from './support/watchedBackend.js';

const loaders = tinyLoaders();
const quietly = { handleSignals: false };
const hooks = ['onTrainBegin', 'onEpochBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'] as const;

/** A callback that does the same at every point. */
function everywhere(action: (hook: (typeof hooks)[number], run: RunView) => void | Promise<void>): Callback {
  return Object.fromEntries(hooks.map((hook) => [hook, (run: RunView) => action(hook, run)]));
}

describe('hooks', () => {
  it('run at their points, in the order of the list, each waiting for the one before', async () => {
    const events: string[] = [];
    const slow = everywhere(async (hook) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      events.push(`first ${hook}`);
    });
    const fast = everywhere((hook) => void events.push(`second ${hook}`));
    const trainer = tinyTrainer({ stepsPerCall: 3, callbacks: [slow, {}, fast] });
    await trainer.fit(loaders, { epochs: 2, ...quietly });
    const epoch = ['onEpochBegin', ...Array.from({ length: STEPS_PER_EPOCH }, () => 'onBatchEnd'), 'onEpochEnd'];
    const points = ['onTrainBegin', ...epoch, ...epoch, 'onTrainEnd'];
    expect(events).toEqual(points.flatMap((hook) => [`first ${hook}`, `second ${hook}`]));
  });

  it('may be methods of a class', async () => {
    class Counter {
      batches = 0;
      onBatchEnd(): void {
        this.batches++;
      }
    }
    const counter = new Counter();
    await tinyTrainer({ callbacks: [counter] }).fit(loaders, { epochs: 1, ...quietly });
    expect(counter.batches).toBe(STEPS_PER_EPOCH);
  });

  it.each([1, 4])('see where the run is, with %d steps per call', async (stepsPerCall) => {
    const seen: unknown[] = [];
    const look = everywhere((hook, { epoch, step, fold, metrics, history }) => {
      seen.push([hook, epoch, step, fold, Object.keys(metrics), history.length]);
    });
    await tinyTrainer({ stepsPerCall, callbacks: [look], fold: 2 }).fit(loaders, { epochs: 2, ...quietly });
    const values = ['loss', 'accuracy', 'val_loss', 'val_accuracy'];
    const batches = (epoch: number): unknown[] =>
      Array.from({ length: STEPS_PER_EPOCH }, (_, index) => [
        'onBatchEnd',
        epoch,
        epoch * STEPS_PER_EPOCH + index + 1,
        2,
        ['loss'],
        epoch,
      ]);
    expect(seen).toEqual([
      ['onTrainBegin', 0, 0, 2, [], 0],
      ['onEpochBegin', 0, 0, 2, [], 0],
      ...batches(0),
      ['onEpochEnd', 0, 6, 2, values, 1],
      ['onEpochBegin', 1, 6, 2, values, 1],
      ...batches(1),
      ['onEpochEnd', 1, 12, 2, values, 2],
      ['onTrainEnd', 2, 12, 2, values, 2],
    ]);
  });

  it('see each step’s own outputs', async () => {
    const losses = async (stepsPerCall: number): Promise<number[]> => {
      const seen: number[] = [];
      const look: Callback = { onBatchEnd: ({ metrics }) => void seen.push(metrics['loss']!) };
      await tinyTrainer({ stepsPerCall, callbacks: [look] }).fit(loaders, { epochs: 1, ...quietly });
      return seen;
    };
    const alone = await losses(1);
    expect(new Set(alone).size).toBe(STEPS_PER_EPOCH);
    expect(await losses(4)).toEqual(alone);
  });

  it.each(hooks)('that throw at %s end the training with their error; the steps done are saved', async (at) => {
    const folder = temporaryFolder();
    const failing = everywhere((hook) => {
      if (hook === at) throw new Error('a bug of mine');
    });
    const trainer = tinyTrainer({ savePath: folder, stepsPerCall: 2, callbacks: [failing] });
    await expect(trainer.fit(loaders, { epochs: 2, ...quietly })).rejects.toThrow('a bug of mine');
    const steps = { onTrainBegin: 0, onEpochBegin: 0, onBatchEnd: 2, onEpochEnd: 6, onTrainEnd: 12 }[at];
    expect(trainer.position.step).toBe(steps);
    const path = join(folder, 'last.safetensors');
    expect(existsSync(path)).toBe(steps > 0);
    if (steps === 0) return;
    const resumed = tinyTrainer();
    await resumed.fit(loaders, { epochs: 2, resume: path, ...quietly });
    const whole = tinyTrainer();
    await whole.fit(loaders, { epochs: 2, ...quietly });
    expect(await digestOf(resumed)).toBe(await digestOf(whole));
  });

  it('of an epoch’s begin do not run again when it is resumed in its middle', async () => {
    const folder = temporaryFolder();
    await tinyTrainer({
      savePath: folder,
      stepsPerCall: 1,
      callbacks: [{ onBatchEnd: (run) => (run.step === 8 ? run.stop('') : undefined) }],
    }).fit(loaders, { epochs: 3, ...quietly });
    const begun: number[] = [];
    const trainer = tinyTrainer({ callbacks: [{ onEpochBegin: ({ epoch }) => void begun.push(epoch) }] });
    await trainer.fit(loaders, { epochs: 3, resume: join(folder, 'last.safetensors'), ...quietly });
    expect(begun).toEqual([2]);
  });

  it.each([1, 4])('stop the training after the call under way, with %d steps per call', async (stepsPerCall) => {
    const reasons = ['the first reason', 'another'];
    const stopping: Callback = { onBatchEnd: (run) => reasons.forEach((reason) => run.stop(reason)) };
    const ended: number[] = [];
    const trainer = tinyTrainer({
      stepsPerCall,
      callbacks: [stopping, { onTrainEnd: ({ step }) => void ended.push(step) }],
    });
    const result = await trainer.fit(loaders, { epochs: 2, ...quietly });
    expect(result).toMatchObject({ stopped: 'the first reason', step: stepsPerCall, history: [] });
    expect(ended).toEqual([stepsPerCall]);
  });

  it('that stop at the end of an epoch let it end', async () => {
    const patience: Callback = { onEpochEnd: (run) => (run.history.length === 2 ? run.stop('no better') : undefined) };
    const result = await tinyTrainer({ callbacks: [patience] }).fit(loaders, { epochs: 9, ...quietly });
    expect(result).toMatchObject({ stopped: 'no better', step: 12 });
    expect(result.history).toHaveLength(2);
  });
});

describe('run.hyper', () => {
  const ratesOf = (backend: ReturnType<typeof watchedBackend>): (number | undefined)[] =>
    backend.calls.flat().map(({ hyper }) => hyper?.['default.lr']);

  it('reads the next step’s values and lists them', async () => {
    const seen: unknown[] = [];
    const look: Callback = {
      onEpochBegin: ({ hyper }) => {
        seen.push({ ...hyper }, 'default.lr' in hyper, 'else' in hyper);
      },
    };
    const schedules = { 'default.lr': (step: number) => 0.1 / (1 + step) };
    await tinyTrainer({ callbacks: [look], schedules }).fit(loaders, { epochs: 2, ...quietly });
    expect(seen).toEqual([{ 'default.lr': 0.1 }, true, false, { 'default.lr': 0.1 / 7 }, true, false]);
  });

  it('replaces a schedule until it is deleted, and nothing is compiled again', async () => {
    const backend = watchedBackend();
    const change: Callback = {
      onEpochEnd: ({ epoch, hyper }) => {
        if (epoch === 0) hyper['default.lr'] = 0.5;
        if (epoch === 1) delete hyper['default.lr'];
      },
    };
    const schedules = { 'default.lr': (step: number) => step / 1000 };
    const trainer = tinyTrainer({ backend, callbacks: [change], schedules });
    await trainer.fit({ train: loaders.train }, { epochs: 3, ...quietly });
    const steps = Array.from({ length: 18 }, (_, step) => step);
    expect(ratesOf(backend)).toEqual(steps.map((step) => (step >= 6 && step < 12 ? 0.5 : step / 1000)));
    expect(backend.compiled).toEqual(['TinyNetwork.train']);
  });

  it('follows its schedule per update where gradients are accumulated, over the end of an epoch', async () => {
    const backend = watchedBackend();
    const trainer = tinyTrainer({
      backend,
      optimizers: { default: accumulate(adam(), 4) },
      schedules: { 'default.lr': (update) => update / 1000 },
    });
    await trainer.fit({ train: loaders.train }, { epochs: 2, ...quietly });
    expect(ratesOf(backend)).toEqual([0, 0, 0, 0, 0.001, 0.001, 0.001, 0.001, 0.002, 0.002, 0.002, 0.002]);
  });

  it('follows a schedule per epoch, whatever steps an epoch has and an update takes', async () => {
    const schedules = { 'default.lr': perEpoch(StepLR({ initial: 1, stepSize: 2, gamma: 0.5 })) };
    for (const optimizer of [adam(), accumulate(adam(), 4)]) {
      const backend = watchedBackend();
      const seen: (number | undefined)[] = [];
      const look: Callback = { onEpochEnd: ({ hyper }) => void seen.push(hyper['default.lr']) };
      const trainer = tinyTrainer({ backend, optimizers: { default: optimizer }, schedules, callbacks: [look] });
      await trainer.fit({ train: loaders.train }, { epochs: 5, ...quietly });
      const byEpoch = [1, 1, 0.5, 0.5, 0.25];
      expect(ratesOf(backend)).toEqual(byEpoch.flatMap((rate) => Array.from({ length: STEPS_PER_EPOCH }, () => rate)));
      expect(seen).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
    }
  });

  it('set at a batch’s end acts from the next step on with one step per call, and is refused otherwise', async () => {
    const halve: Callback = {
      onBatchEnd: ({ hyper }) => {
        hyper['default.lr']! /= 2;
      },
    };
    const backend = watchedBackend();
    const options = { callbacks: [halve], schedules: {}, backend };
    await tinyTrainer({ ...options, stepsPerCall: 1 }).fit({ train: loaders.train }, { epochs: 1, ...quietly });
    expect(ratesOf(backend)).toEqual([0.01, 0.005, 0.0025, 0.00125, 0.000625, 0.0003125]);
    for (const stepsPerCall of [4, 'auto'] as const) {
      await expect(tinyTrainer({ ...options, stepsPerCall }).fit(loaders, { epochs: 1, ...quietly })).rejects.toThrow(
        new ArgumentError(
          '"default.lr" was set at onBatchEnd: it would act from a step that depends on how many steps go into a call. Set it at an epoch\'s begin or end, use a schedule, or pass stepsPerCall: 1.',
        ),
      );
    }
  });

  it('refuses what is no hyper or no number', async () => {
    const fitWith = (name: string, value: number): Promise<unknown> =>
      tinyTrainer({
        callbacks: [
          {
            onEpochBegin: ({ hyper }) => {
              hyper[name] = value;
            },
          },
        ],
      }).fit(loaders, { epochs: 1, ...quietly });
    await expect(fitWith('lr', 1)).rejects.toThrow(new NotFoundError('There is no hyper "lr". There is: default.lr.'));
    await expect(fitWith('default.lr', NaN)).rejects.toThrow(
      new ArgumentError('The hyper "default.lr" must be a finite number, got NaN.'),
    );
    await expect(fitWith('default.lr', '1' as unknown as number)).rejects.toThrow(ArgumentError);
  });
});

describe('the example of the documentation', () => {
  it('stops early, and decides the same after a resume, since it looks at the history alone', async () => {
    const earlyStopping = (patience: number): Callback => ({
      onEpochEnd: ({ history, stop }) => {
        const losses = history.map(({ val_loss }) => val_loss!);
        const best = losses.indexOf(Math.min(...losses));
        if (losses.length - 1 - best > patience) stop('the validation loss no longer falls');
      },
    });
    const options = { callbacks: [earlyStopping(1)], schedules: { 'default.lr': () => 0.3 } };
    const whole = await tinyTrainer(options).fit(loaders, { epochs: 50, ...quietly });
    expect(whole.stopped).toBe('the validation loss no longer falls');
    expect(whole.history.length).toBeLessThan(50);

    const folder = temporaryFolder();
    await tinyTrainer({ ...options, savePath: folder }).fit(loaders, { epochs: whole.history.length - 1, ...quietly });
    const trainer = tinyTrainer(options);
    expect(trainer).toBeInstanceOf(Trainer);
    const resumed = await trainer.fit(loaders, { epochs: 50, resume: join(folder, 'last.safetensors'), ...quietly });
    expect(resumed.history).toEqual(whole.history);
    expect(resumed.stopped).toBe(whole.stopped);
  });
});
