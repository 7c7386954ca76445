import { ArgumentError, NotFoundError } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EarlyStopping, type EarlyStoppingOptions } from '../src/index.js';
import { scriptedRun } from './support/scriptedRun.js';
import { digestOf, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

const quietly = { handleSignals: false };
/** So large a rate that the losses jump. */
const schedules = { 'default.lr': () => 0.3 };

describe('EarlyStopping', () => {
  const epochsOf = async (values: readonly number[], options: EarlyStoppingOptions): Promise<number> =>
    (await scriptedRun(new EarlyStopping(options), values)).epochs;

  it('tolerates as many epochs without improvement as it has patience', async () => {
    expect(await epochsOf([5, 4, 4, 4, 4, 4, 4], { patience: 2 })).toBe(5);
    expect(await epochsOf([5, 4, 4, 4, 4, 4, 4], {})).toBe(3);
    expect(await epochsOf([5, 4, 4, 3, 3, 2, 2], { patience: 1 })).toBe(7);
  });

  it('waits anew after each improvement, and compares with the best value', async () => {
    expect(await epochsOf([5, 6, 4, 6, 5, 4.5, 3], { patience: 2 })).toBe(6);
  });

  it('takes an improvement of minDelta or less for none', async () => {
    expect(await epochsOf([4, 3.5, 3, 2.5], { minDelta: 0.5 })).toBe(2);
    expect(await epochsOf([4, 3.4, 2.8, 2.5], { minDelta: 0.5 })).toBe(4);
  });

  it('takes NaN for no improvement, and any number for one over it', async () => {
    expect(await epochsOf([NaN, 4, NaN, NaN, 3], { patience: 1 })).toBe(4);
    expect(await epochsOf([NaN, NaN, 3], { patience: 1 })).toBe(2);
  });

  it('goes by the value’s direction unless it is given a mode', async () => {
    const rising = [1, 2, 3, 3];
    const run = (options: EarlyStoppingOptions, better: 'higher' | 'lower'): Promise<{ readonly epochs: number }> =>
      scriptedRun(new EarlyStopping(options), rising, { better });
    expect((await run({}, 'higher')).epochs).toBe(4);
    expect((await run({}, 'lower')).epochs).toBe(2);
    expect((await run({ mode: 'min' }, 'higher')).epochs).toBe(2);
    expect((await run({ mode: 'max' }, 'lower')).epochs).toBe(4);
  });

  it('says why', async () => {
    const { stopped } = await scriptedRun(new EarlyStopping({ patience: 1, minDelta: 0.5 }), [2, 1, 1, 1]);
    expect(stopped).toBe('val_loss did not get better than 1 by more than 0.5 in 2 epochs');
  });

  it.each([
    [{ patience: -1 }, 'EarlyStopping: patience is -1; it must be an integer of at least 0.'],
    [{ patience: 1.5 }, 'EarlyStopping: patience is 1.5; it must be an integer of at least 0.'],
    [{ minDelta: -1 }, 'EarlyStopping: minDelta is -1; it must be a number at least 0.'],
    [{ minDelta: NaN }, 'EarlyStopping: minDelta is NaN; it must be a number at least 0.'],
  ])('refuses %o', (options, message) => {
    expect(() => new EarlyStopping(options)).toThrow(new ArgumentError(message));
  });
});

describe('a training with EarlyStopping', () => {
  it('watches what the best checkpoint is best in, or the metric it is told, each in its direction', async () => {
    const values = async (monitor?: string): Promise<number[]> => {
      const callbacks = [new EarlyStopping(monitor === undefined ? {} : { monitor })];
      const { history, stopped } = await tinyTrainer({ callbacks, schedules }).fit(tinyLoaders(), {
        epochs: 50,
        ...quietly,
      });
      expect(stopped).toMatch(new RegExp(`^${monitor ?? 'val_accuracy'} did not get better`));
      return history.map((epoch) => epoch[monitor ?? 'val_accuracy']!);
    };
    for (const accuracies of [await values(), await values('accuracy')]) {
      expect(accuracies.at(-1)).toBeLessThanOrEqual(accuracies.at(-2)!);
      expect(accuracies.slice(0, -1)).toEqual([...new Set(accuracies.slice(0, -1))].sort((a, b) => a - b));
    }
    const losses = await values('val_loss');
    expect(losses.at(-1)).toBeGreaterThanOrEqual(losses.at(-2)!);
  });

  it('fails before the first step when there is no such value', async () => {
    const trainer = tinyTrainer({ callbacks: [new EarlyStopping({ monitor: 'val_acuracy' })] });
    await expect(trainer.fit(tinyLoaders(), { epochs: 2, ...quietly })).rejects.toThrow(
      new NotFoundError(
        'The monitored value "val_acuracy" does not exist. Did you mean "val_accuracy"? There is: loss, accuracy, val_loss, val_accuracy.',
      ),
    );
    expect(trainer.position.step).toBe(0);
  });

  it('stops after the same epoch in the same bits, wherever it is interrupted, and not again later', async () => {
    const options = { callbacks: [new EarlyStopping({ monitor: 'val_loss', patience: 1 })], schedules };
    const trainer = tinyTrainer(options);
    const whole = await trainer.fit(tinyLoaders(), { epochs: 50, ...quietly });
    const epochs = whole.history.length;
    expect(epochs).toBeGreaterThan(2);
    expect(epochs).toBeLessThan(50);
    for (let interrupted = 1; interrupted <= epochs; interrupted++) {
      const savePath = temporaryFolder();
      await tinyTrainer({ ...options, savePath }).fit(tinyLoaders(), { epochs: interrupted, ...quietly });
      const resumed = tinyTrainer(options);
      const result = await resumed.fit(tinyLoaders(), {
        epochs: 50,
        resume: join(savePath, 'last.safetensors'),
        ...quietly,
      });
      expect(result.history).toEqual(whole.history);
      expect(result.stopped).toBe(whole.stopped);
      expect(await digestOf(resumed)).toBe(await digestOf(trainer));
    }
  });
});

describe('what callbacks see', () => {
  it('is the length of the training, its folder, its monitor, why it stops, and the variables', async () => {
    const savePath = temporaryFolder();
    const seen: unknown[] = [];
    const trainer = tinyTrainer({
      savePath,
      callbacks: [
        {
          onEpochEnd: async (run) => {
            seen.push(run.epochs, run.savePath, run.monitor, run.stopped);
            seen.push(['val_accuracy', 'accuracy', 'val_loss'].map((name) => run.better(name)));
            run.stop('enough');
            seen.push(run.stopped);
            const [head] = [...(await run.variables())].filter(([name]) => name === 'head.weight');
            seen.push(head![1].shape);
          },
        },
      ],
    });
    await trainer.fit(tinyLoaders(), { epochs: 3, ...quietly });
    expect(seen).toEqual([
      3,
      savePath,
      { name: 'val_accuracy', better: 'higher' },
      null,
      ['higher', 'higher', 'lower'],
      'enough',
      [3, 6],
    ]);
  });
});
