import { ArgumentError, NotFoundError } from '@delira/core';
import { sgd } from '@delira/optim';
import { temporaryFolder } from '@delira/testkit/vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Callback, EarlyStopping, ReduceLROnPlateau, type ReduceLROnPlateauOptions } from '../src/index.js';
import { scriptedRun } from './support/scriptedRun.js';
import { digestOf, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';
import { watchedBackend } from './support/watchedBackend.js';

const quietly = { handleSignals: false };

interface PyTorchOptions {
  readonly mode?: 'min' | 'max';
  readonly threshold_mode?: 'rel' | 'abs';
  readonly factor?: number;
  readonly patience?: number;
  readonly threshold?: number;
  readonly cooldown?: number;
  readonly min_lr?: number;
  readonly eps?: number;
}

interface Fixture {
  /** Null stands for NaN. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
  readonly cases: readonly {
    readonly values: string;
    readonly options: PyTorchOptions;
    readonly rates: readonly number[];
  }[];
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/plateau.json', import.meta.url), 'utf8')) as Fixture;

function fromPyTorch({ threshold_mode, min_lr, ...others }: PyTorchOptions): ReduceLROnPlateauOptions {
  return {
    ...others,
    ...(threshold_mode === undefined ? {} : { thresholdMode: threshold_mode }),
    ...(min_lr === undefined ? {} : { minLR: min_lr }),
  };
}

const ratesOf = async (callback: ReduceLROnPlateau, values: readonly number[]): Promise<number[]> =>
  (await scriptedRun(callback, values)).hypers.map((hyper) => hyper['default.lr']!);

describe('ReduceLROnPlateau', () => {
  it.each(Object.keys(fixture.values))('gives PyTorch’s rates for values that are %s', async (name) => {
    const values = fixture.values[name]!.map((value) => value ?? NaN);
    const cases = fixture.cases.filter((each) => each.values === name);
    expect(cases.length).toBeGreaterThan(9);
    for (const { options, rates } of cases)
      expect(await ratesOf(new ReduceLROnPlateau(fromPyTorch(options)), values), JSON.stringify(options)).toEqual(
        rates,
      );
  });

  it('reduces after one more bad epoch than it has patience', async () => {
    const rates = await ratesOf(new ReduceLROnPlateau({ patience: 2 }), [1, 1, 1, 1, 1, 1, 1, 0.5]);
    expect(rates.map((rate) => Number(rate.toPrecision(12)))).toEqual([0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001]);
  });

  it('reduces every optimizer’s rate and nothing else, or the rates it is told', async () => {
    const hyper = { 'gen.lr': 0.4, 'disc.lr': 0.2, noise: 1 };
    const after = async (options: ReduceLROnPlateauOptions): Promise<unknown> => {
      const callback = new ReduceLROnPlateau({ patience: 0, factor: 0.5, ...options });
      return (await scriptedRun(callback, [1, 1], { hyper })).hypers[1];
    };
    expect(await after({})).toEqual({ 'gen.lr': 0.2, 'disc.lr': 0.1, noise: 1 });
    expect(await after({ hypers: ['disc.lr', 'noise'] })).toEqual({ 'gen.lr': 0.4, 'disc.lr': 0.1, noise: 0.5 });
  });

  it('goes by the value’s direction unless it is given a mode', async () => {
    const last = async (options: ReduceLROnPlateauOptions): Promise<number> => {
      const callback = new ReduceLROnPlateau({ patience: 0, ...options });
      return (await scriptedRun(callback, [1, 2], { better: 'higher' })).hypers[1]!['default.lr']!;
    };
    expect(await last({})).toBe(0.1);
    expect(await last({ mode: 'min' })).toBeCloseTo(0.01, 12);
  });

  it.each([
    [{ factor: 1 }, 'ReduceLROnPlateau: factor is 1; it must be a number at least 0 and less than 1.'],
    [{ patience: -1 }, 'ReduceLROnPlateau: patience is -1; it must be an integer of at least 0.'],
    [{ threshold: NaN }, 'ReduceLROnPlateau: threshold is NaN; it must be a number at least 0.'],
    [{ cooldown: 0.5 }, 'ReduceLROnPlateau: cooldown is 0.5; it must be an integer of at least 0.'],
    [{ minLR: -1 }, 'ReduceLROnPlateau: minLR is -1; it must be a number at least 0.'],
    [{ eps: Infinity }, 'ReduceLROnPlateau: eps is Infinity; it must be a number at least 0.'],
  ])('refuses %o', (options, message) => {
    expect(() => new ReduceLROnPlateau(options)).toThrow(new ArgumentError(message));
  });
});

describe('a training with ReduceLROnPlateau', () => {
  /** Both react to the same value; the rate is large enough for it to jump. */
  const options = () => ({
    optimizers: { default: sgd({ lr: 0.9, momentum: 0.9 }) },
    schedules: {},
    callbacks: [
      new ReduceLROnPlateau({ monitor: 'val_loss', patience: 0, factor: 0.5, cooldown: 1 }),
      new EarlyStopping({ monitor: 'val_loss', patience: 2 }),
    ],
  });

  it('trains with the reduced rate from the next epoch on, without compiling again', async () => {
    const backend = watchedBackend();
    const trainer = tinyTrainer({ ...options(), backend });
    const { history } = await trainer.fit(tinyLoaders(), { epochs: 5, ...quietly });
    const rates = backend.calls.flat().map(({ hyper }) => hyper!['default.lr']!);
    const worse = history.findIndex(
      ({ val_loss }, epoch) => epoch > 0 && val_loss! >= history[epoch - 1]!['val_loss']!,
    );
    expect(worse).toBeGreaterThan(0);
    expect(worse).toBeLessThan(4);
    expect(rates.slice(0, 6 * (worse + 1))).toEqual(Array.from({ length: 6 * (worse + 1) }, () => 0.9));
    expect(rates[6 * (worse + 1)]).toBe(0.45);
    expect(backend.compiled.filter((name) => name.endsWith('.train'))).toHaveLength(1);
  });

  it('ends in the same bits wherever it is interrupted: after each epoch, and in its middle', async () => {
    const trainer = tinyTrainer(options());
    const whole = await trainer.fit(tinyLoaders(), { epochs: 40, ...quietly });
    const digest = await digestOf(trainer);
    expect(whole.stopped).toMatch(/^val_loss did not get better/);
    expect(trainer.position.hyper['default.lr']).toBeLessThan(0.3);
    expect(whole.history.length).toBeLessThan(15);
    for (let epochs = 1; epochs <= whole.history.length; epochs++) {
      const savePath = temporaryFolder();
      const interrupt: Callback = {
        onBatchEnd: (run) => {
          if (run.step === 6 * epochs - 3) run.stop('the test says so');
        },
      };
      // In the middle of an epoch, then at its end: two interruptions of one run.
      const { callbacks, ...others } = options();
      const first = tinyTrainer({ ...others, savePath, stepsPerCall: 1, callbacks: [...callbacks, interrupt] });
      expect((await first.fit(tinyLoaders(), { epochs: 40, ...quietly })).step).toBe(6 * epochs - 3);
      const resume = join(savePath, 'last.safetensors');
      await tinyTrainer({ ...options(), savePath }).fit(tinyLoaders(), { epochs, resume, ...quietly });
      const resumed = tinyTrainer(options());
      const result = await resumed.fit(tinyLoaders(), { epochs: 40, resume, ...quietly });
      expect(result.history).toEqual(whole.history);
      expect(result.stopped).toBe(whole.stopped);
      expect(resumed.position.hyper).toEqual(trainer.position.hyper);
      expect(await digestOf(resumed)).toBe(digest);
    }
  });

  it('fails before it begins when there is no such rate', async () => {
    const fit = (hypers: readonly string[]): Promise<unknown> =>
      tinyTrainer({ callbacks: [new ReduceLROnPlateau({ hypers })] }).fit(tinyLoaders(), { epochs: 1, ...quietly });
    await expect(fit(['defualt.lr'])).rejects.toThrow(
      new NotFoundError(
        'ReduceLROnPlateau: there is no hyper "defualt.lr". Did you mean "default.lr"? There is: default.lr.',
      ),
    );
    await expect(fit([])).rejects.toThrow(NotFoundError);
  });

  it('fails after the first epoch when there is no such value', async () => {
    const callbacks = [new ReduceLROnPlateau({ monitor: 'val_los' })];
    await expect(tinyTrainer({ callbacks }).fit(tinyLoaders(), { epochs: 2, ...quietly })).rejects.toThrow(
      'The monitored value "val_los" does not exist. Did you mean "val_loss"? There is: loss, accuracy, val_loss, val_accuracy.',
    );
  });
});
