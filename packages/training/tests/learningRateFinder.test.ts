import { Logger } from '@delira/logging';
import { describe, expect, it } from 'vitest';
import { suggest } from '../src/LearningRateFinder.js';
import { digestOf, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

const quietly = { handleSignals: false };
const { train } = tinyLoaders();

describe('findLearningRate', () => {
  it('tries rates from the lowest to the highest, and suggests one between them', async () => {
    const trainer = tinyTrainer({ schedules: {} });
    const { rates, losses, suggestion } = await trainer.findLearningRate(train, {
      minimum: 1e-6,
      maximum: 1,
      steps: 31,
      stopFactor: Infinity,
    });
    expect(rates).toHaveLength(31);
    expect(rates[0]).toBe(1e-6);
    expect(rates[15]).toBeCloseTo(1e-3, 12);
    expect(rates[30]).toBeCloseTo(1, 12);
    expect(losses).toHaveLength(31);
    expect(suggestion).toBeGreaterThan(1e-6);
    expect(suggestion).toBeLessThan(1);
    expect(rates).toContain(suggestion);
  });

  it('looks at the loss that is named, and lists the scalars where there is none of that name', async () => {
    const trainer = tinyTrainer({ schedules: {} });
    const options = { minimum: 1e-6, steps: 4, skipBegin: 0 };
    const whole = await trainer.findLearningRate(train, options);
    expect(await trainer.findLearningRate(train, { ...options, loss: 'loss' })).toEqual(whole);
    await expect(trainer.findLearningRate(train, { ...options, loss: 'los' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('gives no "los" to look at. Did you mean "loss"? It gives: loss.'),
    });
  });

  it('smooths the loss as a corrected moving average', async () => {
    const seen: number[] = [];
    const options = { minimum: 1e-9, maximum: 2e-9, steps: 4, mode: 'linear' } as const;
    const { rates, losses } = await tinyTrainer({ schedules: {} }).findLearningRate(train, options);
    expect(rates.map((rate) => Math.round(rate * 1e12))).toEqual([1000, 1333, 1667, 2000]);
    const constant = tinyTrainer({
      schedules: { 'default.lr': (step: number) => rates[step] ?? 0 },
      stepsPerCall: 1,
      callbacks: [
        {
          onBatchEnd: (run) => {
            seen.push(run.metrics['loss']!);
            if (run.step === 4) run.stop('');
          },
        },
      ],
    });
    await constant.fit({ train }, { epochs: 1, ...quietly });
    let average = 0;
    const expected = seen.map((loss, step) => {
      average = 0.98 * average + 0.02 * loss;
      return average / (1 - 0.98 ** (step + 1));
    });
    expect(losses).toHaveLength(4);
    losses.forEach((loss, step) => expect(loss).toBeCloseTo(expected[step]!, 12));
  });

  it('puts everything back, and records nothing', async () => {
    const records: unknown[] = [];
    const logger = new Logger({
      handlers: [{ emit: (record) => void (record.kind === 'scalars' && records.push(record)) }],
    });
    const trainer = tinyTrainer({ logger });
    await trainer.fit({ train }, { epochs: 1, ...quietly });
    const [before, position, count] = [await digestOf(trainer), trainer.position, records.length];
    await trainer.findLearningRate(train, { steps: 20, maximum: 10 });
    expect(await digestOf(trainer)).toBe(before);
    expect(trainer.position).toBe(position);
    expect(records).toHaveLength(count);
    await trainer.fit({ train }, { epochs: 2, ...quietly });
    const whole = tinyTrainer();
    await whole.fit({ train }, { epochs: 2, ...quietly });
    expect(await digestOf(trainer)).toBe(await digestOf(whole));
  });

  it('ends where the loss explodes, or is not finite any more', async () => {
    const options = { minimum: 1e-3, maximum: 1e8, steps: 200 };
    const trainer = tinyTrainer({ schedules: {} });
    const { losses } = await trainer.findLearningRate(train, options);
    expect(losses.length).toBeLessThan(200);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it('refuses rates that are none', async () => {
    const trainer = tinyTrainer();
    await expect(trainer.findLearningRate(train, { minimum: 0 })).rejects.toThrow(/minimum is 0/);
    await expect(trainer.findLearningRate(train, { minimum: 1, maximum: 0.1 })).rejects.toThrow(/maximum is 0.1/);
    await expect(trainer.findLearningRate(train, { steps: 1 })).rejects.toThrow(/steps is 1/);
    await expect(trainer.findLearningRate(train, { hyper: 'gen.lr' })).rejects.toThrow(
      'There is no hyper "gen.lr": there is default.lr. Name one',
    );
  });
});

describe('the suggestion', () => {
  it('is the rate at the least of numpy.gradient’s values', () => {
    // numpy.gradient([5, 4, 2, 1.5, 3]) is [-1, -1.5, -1.25, 0.5, 1.5].
    const rates = [1, 2, 3, 4, 5];
    const losses = [5, 4, 2, 1.5, 3];
    expect(suggest(rates, losses, 0, 0)).toBe(2);
    // [4, 2, 1.5]: [-2, -1.25, -0.5].
    expect(suggest(rates, losses, 1, 1)).toBe(2);
    // [2, 1.5]: [-0.5, -0.5].
    expect(suggest(rates, losses, 2, 1)).toBe(3);
    expect(suggest(rates, losses, 3, 1)).toBe(null);
    expect(suggest([], [], 10, 1)).toBe(null);
  });
});
