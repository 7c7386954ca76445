import type { Metric } from '@delira/metrics';
import { accuracy } from '@delira/metrics';
import { InputError, type Json } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Callback, RunView } from '../src/index.js';
import { digestOf, STEPS_PER_EPOCH, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

const quietly = { handleSignals: false };
const { train, val } = tinyLoaders();

/** A metric that throws when it is asked for the n-th time. */
function failing(update: number, result = Infinity): Metric<number> {
  let updates = 0;
  let results = 0;
  return {
    name: 'fragile',
    better: 'higher',
    needs: ['pred'],
    init: () => 0,
    update: (state) => {
      if (++updates === update) throw new RangeError('no such class');
      return state + 1;
    },
    result: (state) => {
      if (++results === result) throw new RangeError('nothing was seen');
      return state;
    },
  };
}

describe('before the first step', () => {
  it.each(['val_acuracy', 'accurcy', 'val_nothing'])(
    'an unknown monitor (%s) is told, with what there is',
    async (name) => {
      const trainer = tinyTrainer({ monitor: { name, better: 'higher' } });
      await expect(trainer.fit({ train, val }, { epochs: 1, ...quietly })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringMatching(
          new RegExp(`"${name}" does not exist\\..* There is: loss, accuracy, val_loss, val_accuracy\\.$`),
        ) as string,
      });
      expect(trainer.position.step).toBe(0);
    },
  );

  it('what one’s own callback monitors is looked for too', async () => {
    const callback: Callback = { monitors: () => ['loss', 'val_loss'] };
    const trainer = tinyTrainer({ callbacks: [callback] });
    await expect(trainer.fit({ train }, { epochs: 1, ...quietly })).rejects.toThrow(
      '"val_loss" does not exist. There is no validation set. There is: loss, accuracy.',
    );
    expect(trainer.position.step).toBe(0);
    expect((await trainer.fit({ train, val }, { epochs: 1, ...quietly })).step).toBe(STEPS_PER_EPOCH);
  });

  it('an empty validation set is told', async () => {
    const empty = { batches: 0, samples: 0, epoch: () => train.epoch(0, train.batches) };
    const trainer = tinyTrainer();
    await expect(trainer.fit({ train, val: empty }, { epochs: 1, ...quietly })).rejects.toThrow(
      new InputError('The validation loader has no batch. Check its dataset and sampler, or train without one.'),
    );
    expect(trainer.position.step).toBe(0);
  });
});

describe('a metric that throws', () => {
  it.each([1, 3])('on a training batch is named, and no step is lost (steps per call: %i)', async (stepsPerCall) => {
    const savePath = temporaryFolder();
    const trainer = tinyTrainer({ savePath, metrics: [failing(3), accuracy()], stepsPerCall });
    const indices: number[][] = [];
    for await (const batch of train.epoch(0)) indices.push([...batch.indices]);
    await expect(trainer.fit({ train }, { epochs: 2, ...quietly })).rejects.toMatchObject({
      code: 'METRIC',
      metric: 'fragile',
      indices: indices[2],
      message: `The metric "fragile" failed on the samples ${indices[2]!.join(', ')}: no such class. Look at these predictions and labels, or leave the metric out.`,
    });
    expect(trainer.position.step).toBe(3);

    // What was saved is the state of that step: a run with a metric that works ends as if nothing had happened.
    const whole = tinyTrainer({ metrics: [failing(Infinity), accuracy()] });
    await whole.fit({ train }, { epochs: 2, ...quietly });
    const resumed = tinyTrainer({ savePath, metrics: [failing(Infinity), accuracy()] });
    const resume = join(savePath, 'last.safetensors');
    const { history } = await resumed.fit({ train }, { epochs: 2, resume, ...quietly });
    expect(await digestOf(resumed)).toBe(await digestOf(whole));
    const values = history.map(({ loss, accuracy: hits }) => ({ loss, hits }));
    expect(values).toEqual(whole.position.history.map(({ loss, accuracy: hits }) => ({ loss, hits })));
  });

  it('on the validation set loses nothing: a resumed run validates again', async () => {
    const savePath = temporaryFolder();
    const metrics = [failing(STEPS_PER_EPOCH + 2)];
    const trainer = tinyTrainer({ savePath, metrics, stepsPerCall: 1 });
    await expect(trainer.fit({ train, val }, { epochs: 1, ...quietly })).rejects.toMatchObject({
      code: 'METRIC',
      indices: [5, 6, 7, 8, 9],
    });
    const resumed = tinyTrainer({ metrics: [failing(Infinity)] });
    const resume = join(savePath, 'last.safetensors');
    const { history } = await resumed.fit({ train, val }, { epochs: 1, resume, ...quietly });
    const whole = tinyTrainer({ metrics: [failing(Infinity)] });
    expect(history).toEqual((await whole.fit({ train, val }, { epochs: 1, ...quietly })).history);
  });

  it('in its result is named', async () => {
    const trainer = tinyTrainer({ metrics: [failing(Infinity, 1)] });
    await expect(trainer.fit({ train }, { epochs: 1, ...quietly })).rejects.toMatchObject({
      code: 'METRIC',
      indices: [],
      message: expect.stringContaining('"fragile" failed when its result was asked for: nothing was seen') as string,
    });
    expect(trainer.position).toMatchObject({ step: STEPS_PER_EPOCH, epoch: 0 });
  });
});

describe('what a callback remembers', () => {
  /** Stops after so many batches in all. */
  class BatchLimit implements Callback {
    done = 0;
    constructor(private readonly most: number) {}
    readonly onBatchEnd = (run: RunView): void => {
      if (++this.done === this.most) run.stop('enough', { finished: true });
    };
    readonly state = (): Json => ({ done: this.done, last: this.done === 0 ? -0 : NaN });
    restore(state: Json): void {
      this.done = (state as { readonly done: number }).done;
    }
  }

  it('is in every checkpoint, and given back', async () => {
    const folder = temporaryFolder();
    const first = tinyTrainer({
      savePath: folder,
      stepsPerCall: 1,
      callbacks: [new BatchLimit(9), { onBatchEnd: (run) => (run.step === 5 ? run.stop('pause') : undefined) }],
    });
    expect(await first.fit({ train }, { epochs: 9, ...quietly })).toMatchObject({ step: 5, finished: false });
    const limit = new BatchLimit(9);
    const resumed = tinyTrainer({ callbacks: [limit], stepsPerCall: 1 });
    const result = await resumed.fit({ train }, { epochs: 9, resume: join(folder, 'last.safetensors'), ...quietly });
    expect(result).toMatchObject({ step: 9, stopped: 'enough', finished: true });
  });
});

describe('hooks', () => {
  it('come in this order', async () => {
    const order: string[] = [];
    const note = (name: string) => (): void => void order.push(name);
    const callback: Callback = Object.fromEntries(
      [
        'onTrainBegin',
        'onEpochBegin',
        'onBatchBegin',
        'onBatchEnd',
        'onValidationBegin',
        'onValidationEnd',
        'onEpochEnd',
        'onSave',
        'onTrainEnd',
        'onError',
      ].map((name) => [name, note(name)]),
    );
    const options = { savePath: temporaryFolder(), callbacks: [callback], stepsPerCall: 3 };
    await tinyTrainer(options).fit({ train, val }, { epochs: 1, ...quietly });
    const call = [...Array<string>(3).fill('onBatchBegin'), ...Array<string>(3).fill('onBatchEnd')];
    expect(order).toEqual([
      'onTrainBegin',
      'onEpochBegin',
      ...call,
      ...call,
      'onValidationBegin',
      'onValidationEnd',
      'onEpochEnd',
      'onSave',
      'onTrainEnd',
    ]);
  });

  it('are told what a training failed from, and do not hide it', async () => {
    const told: unknown[] = [];
    const trainer = tinyTrainer({
      callbacks: [
        {
          onBatchBegin: ({ step }) => {
            if (step === 2) throw new Error('a fault');
          },
          onError: ({ step }, error) => {
            told.push(step, error);
            throw new Error('another fault');
          },
        },
      ],
      stepsPerCall: 1,
    });
    await expect(trainer.fit({ train }, { epochs: 1, ...quietly })).rejects.toThrow('a fault');
    expect(told).toEqual([2, new Error('a fault')]);
  });
});
