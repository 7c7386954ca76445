import { type Sample, scalar } from '@delira/core';
import { crossEntropyLoss, scaleLoss } from '@delira/nn';
import { sgd } from '@delira/optim';
import { temporaryFolder } from '@delira/testkit/vitest';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NonFiniteLossError } from '../src/index.js';
import { changeSample } from './support/changeSample.js';
import { stepOf } from './support/stepOf.js';
import { digestOf, tinyDataset, tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

const BROKEN = 11;
const dataset = tinyDataset(26, 1);
const broken = changeSample(dataset, BROKEN, (sample) => ({
  ...sample,
  data: { ...sample['data']!, data: Float32Array.of(0, NaN, 0, 0) },
}));

async function failureOf(promise: Promise<unknown>): Promise<NonFiniteLossError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NonFiniteLossError);
  return error as NonFiniteLossError;
}

describe.each([1, 2, 4, 16])('a loss that becomes NaN, with %d steps per call', (stepsPerCall) => {
  it('ends the training in the state of the last good step, saved, and names the samples', async () => {
    const { train } = tinyLoaders(broken);
    const step = await stepOf(train, BROKEN);
    expect(step).toBeGreaterThan(1);
    const folder = temporaryFolder();
    const seen: number[] = [];
    const callbacks = [{ onBatchEnd: (run: { readonly step: number }) => void seen.push(run.step) }];
    const trainer = tinyTrainer({ stepsPerCall, savePath: folder, callbacks });
    const error = await failureOf(trainer.fit({ train }, { epochs: 1, handleSignals: false }));

    expect(error).toMatchObject({ code: 'NON_FINITE_LOSS', output: 'loss', step });
    expect(error.indices).toContain(BROKEN);
    expect(error.indices).toHaveLength(4);
    expect(error.message).toContain(`became NaN at step ${step}, on the samples ${error.indices.join(', ')}`);
    expect(error.message).toContain(`saved in ${error.checkpoint!}`);
    expect(seen).toEqual(Array.from({ length: step }, (_, index) => index + 1));

    const good = tinyTrainer({
      stepsPerCall: 1,
      callbacks: [{ onBatchEnd: (run) => (run.step === step ? run.stop('here') : undefined) }],
    });
    await good.fit({ train: tinyLoaders(dataset).train }, { epochs: 1, handleSignals: false });
    expect(await digestOf(trainer)).toBe(await digestOf(good));
    expect(trainer.position).toEqual(good.position);

    const restored = tinyTrainer();
    await restored.restore(error.checkpoint!);
    expect(await digestOf(restored)).toBe(await digestOf(good));
  });
});

describe('a loss that becomes NaN', () => {
  it('at the first step leaves the initial state', async () => {
    const nothing: Sample = {
      data: { dtype: 'float32', shape: [4], data: new Float32Array(4).fill(NaN) },
      label: scalar(0, 'int32'),
    };
    const all = { length: 26, get: () => nothing };
    const trainer = tinyTrainer({ stepsPerCall: 4 });
    const error = await failureOf(trainer.fit({ train: tinyLoaders(all).train }, { epochs: 1, handleSignals: false }));
    expect(error).toMatchObject({ step: 0, checkpoint: null });
    expect(await digestOf(trainer)).toBe(await digestOf(tinyTrainer()));
  });

  it('can be left behind: with the sample repaired, the run ends as if it had never been broken', async () => {
    const folder = temporaryFolder();
    const error = await failureOf(
      tinyTrainer({ savePath: folder, stepsPerCall: 4 }).fit(
        { train: tinyLoaders(broken).train },
        { epochs: 2, handleSignals: false },
      ),
    );
    const resumed = tinyTrainer();
    await resumed.fit({ train: tinyLoaders().train }, { epochs: 2, resume: error.checkpoint!, handleSignals: false });
    const whole = tinyTrainer();
    await whole.fit({ train: tinyLoaders().train }, { epochs: 2, handleSignals: false });
    expect(await digestOf(resumed)).toBe(await digestOf(whole));
    expect(resumed.position.history).toEqual(whole.position.history);
  });
});

describe('a parameter that becomes infinite while the loss is finite', () => {
  // Gradients above 1 times the largest numbers there are.
  const losses = { large: scaleLoss(crossEntropyLoss(), 1000) };
  const explode = { losses, optimizers: { default: sgd({ lr: 1e308 }) }, schedules: {} };

  it('is not saved over the last good checkpoint', async () => {
    const folder = temporaryFolder();
    const trainer = tinyTrainer({
      ...explode,
      savePath: folder,
      schedules: { 'default.lr': (step) => (step < 11 ? 1e-5 : 1e308) },
    });
    const { train } = tinyLoaders();
    await trainer.fit({ train }, { epochs: 1, handleSignals: false });
    const before = readFileSync(join(folder, 'last.safetensors'));
    const error = await failureOf(trainer.fit({ train }, { epochs: 2, handleSignals: false }));
    expect(error).toMatchObject({ step: 11, checkpoint: join(folder, 'last.safetensors') });
    expect(error.message).toMatch(/^The parameter ".*" became -?(Infinity|NaN) in an update/);
    expect(error.message).toContain('last.safetensors is as it was');
    expect(error.indices).toHaveLength(4);
    expect(readFileSync(join(folder, 'last.safetensors')).equals(before)).toBe(true);
  });

  it('is told of when the next loss shows it', async () => {
    const folder = temporaryFolder();
    const trainer = tinyTrainer({ ...explode, savePath: folder, stepsPerCall: 1 });
    const error = await failureOf(trainer.fit({ train: tinyLoaders().train }, { epochs: 1, handleSignals: false }));
    expect(error).toMatchObject({ output: 'loss', step: 1, checkpoint: null });
    expect(error.message).toContain('could not be saved: The parameter');
    expect(existsSync(join(folder, 'last.safetensors'))).toBe(false);
  });

  it('cannot be saved by hand either', async () => {
    const trainer = tinyTrainer({ ...explode, stepsPerCall: 1, callbacks: [{ onBatchEnd: (run) => run.stop('') }] });
    await trainer.fit({ train: tinyLoaders().train }, { epochs: 1, handleSignals: false });
    const path = join(temporaryFolder(), 'mine.safetensors');
    await failureOf(trainer.save(path));
    expect(existsSync(path)).toBe(false);
  });
});
