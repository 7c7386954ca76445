import { scalar } from '@delira/core';
import { CheckpointError, loadCheckpoint, saveCheckpoint, WriteError, writeSafetensors } from '@delira/io';
import { Logger } from '@delira/logging';
import { type Metric } from '@delira/metrics';
import { sgd } from '@delira/optim';
import { temporaryFolder } from '@delira/testkit/vitest';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CheckpointMismatchError, loadTrainerCheckpoint } from '../src/index.js';
import { FullDisk } from './support/fullDisk.js';
import { digestOf, tinyLoaders, TinyNetwork, type TinyOptions, tinyTrainer } from './support/tinyTraining.js';

const { train, val } = tinyLoaders();
const quietly = { handleSignals: false };

/** A folder with the checkpoint of one epoch. */
async function trained(options: TinyOptions = {}): Promise<string> {
  const folder = temporaryFolder();
  const trainer = tinyTrainer({ savePath: folder, ...options });
  await trainer.fit({ train }, { epochs: 1, ...quietly });
  return folder;
}

describe('a checkpoint that does not fit is refused, and nothing is changed:', () => {
  async function expectRefused(
    path: string,
    error: new (...args: never[]) => Error,
    message: RegExp,
    options: TinyOptions = {},
  ) {
    const trainer = tinyTrainer(options);
    await trainer.fit({ train }, { epochs: 1, ...quietly });
    const before = [await digestOf(trainer), trainer.position];
    const failure = await trainer.fit({ train }, { epochs: 2, resume: path, ...quietly }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(failure).toBeInstanceOf(error);
    expect((failure as Error).message).toMatch(message);
    expect([await digestOf(trainer), trainer.position]).toEqual(before);
  }

  it('a missing one', async () => {
    await expectRefused(join(temporaryFolder(), 'last.safetensors'), CheckpointError, /There is no checkpoint at/);
  });

  it('a truncated one', async () => {
    const path = join(await trained(), 'last.safetensors');
    const bytes = readFileSync(path);
    for (const length of [0, 7, 200, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, length));
      await expectRefused(path, CheckpointError, /is damaged/);
    }
  });

  it('a tampered one', async () => {
    const path = join(await trained(), 'last.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    await expectRefused(path, CheckpointError, /does not match its checksum/);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, Buffer.from(bytes.toString('latin1').replace('\\"epoch\\":1', '\\"epoch\\":0'), 'latin1'));
    await expectRefused(path, CheckpointError, /does not match its checksum/);
  });

  it('a foreign file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'text.safetensors'), 'These are no tensors.'.repeat(10));
    await expectRefused(join(folder, 'text.safetensors'), CheckpointError, /is damaged/);
    writeFileSync(join(folder, 'weights.safetensors'), writeSafetensors(new Map([['x', scalar(1)]])));
    await expectRefused(join(folder, 'weights.safetensors'), CheckpointError, /not a checkpoint\. Use loadWeights/);
    await saveCheckpoint(join(folder, 'other.safetensors'), { tensors: new Map(), meta: { mine: true } });
    await expectRefused(
      join(folder, 'other.safetensors'),
      CheckpointMismatchError,
      /was not saved by a trainer\. Load its weights with loadWeights/,
    );
    const { meta } = await loadCheckpoint(join(await trained(), 'last.safetensors'));
    await saveCheckpoint(join(folder, 'later.safetensors'), {
      tensors: new Map(),
      meta: { ...(meta as object), version: 2 },
    });
    await expectRefused(
      join(folder, 'later.safetensors'),
      CheckpointMismatchError,
      /has version 2 of the training checkpoint/,
    );
  });

  it('one of a network with other shapes', async () => {
    const path = join(await trained({ network: new TinyNetwork({ hidden: 7 }) }), 'last.safetensors');
    await expectRefused(
      path,
      CheckpointMismatchError,
      /does not fit this TinyNetwork and its optimizers: "hidden\.weight" has shape \[7, 4\], expected \[6, 4\]; .*; and \d+ more\. Nothing was changed\./,
    );
  });

  it('one of another kind of network, though all shapes fit', async () => {
    class Other extends TinyNetwork {
      static override readonly type = 'Other';
    }
    const path = join(await trained({ network: new Other() }), 'last.safetensors');
    await expectRefused(path, CheckpointMismatchError, /it is a Other, not a TinyNetwork\. Nothing was changed/);
  });

  it('one with other optimizers', async () => {
    const plain = { optimizers: { default: sgd({ lr: 0.1 }) } };
    const path = join(await trained(plain), 'last.safetensors');
    await expectRefused(path, CheckpointMismatchError, /"optimizer\.default\.expAvg\.hidden\.weight" is missing/);
    await expectRefused(
      join(await trained(), 'last.safetensors'),
      CheckpointMismatchError,
      /"optimizer\.default\.\S+" is not part of this model/,
      plain,
    );
  });

  it('one of a run with another seed', async () => {
    const path = join(await trained({ seed: 8 }), 'last.safetensors');
    await expectRefused(
      path,
      CheckpointMismatchError,
      /is of a run with seed 8, this trainer has seed 3: .* Pass seed: 8\.$/,
    );
  });
});

describe('a full disk', () => {
  it('ends the training with an error that says what is kept; the earlier checkpoint and the state in memory are', async () => {
    const folder = temporaryFolder();
    const disk = new FullDisk();
    const path = join(folder, 'last.safetensors');
    const fill = { onEpochEnd: (run: { readonly epoch: number }) => void (disk.full = run.epoch === 1) };
    const trainer = tinyTrainer({ savePath: folder, fileSystem: disk, callbacks: [fill] });
    const failure = await trainer.fit({ train }, { epochs: 3, ...quietly }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(failure).toBeInstanceOf(WriteError);
    expect(failure).toMatchObject({ path, kept: 'previous', reason: 'ENOSPC' });
    expect((failure as Error).message).toBe(
      `Could not write ${path}: the disk is full (ENOSPC). Free some space, or choose another disk. The file that was there before is unchanged. The training stands after step 12, in memory: call fit() again to save and go on, or save() to another place.`,
    );
    expect(readdirSync(folder)).toEqual(['last.safetensors']);

    const earlier = tinyTrainer({ fileSystem: disk });
    await earlier.restore(path);
    expect(earlier.position).toMatchObject({ epoch: 1, step: 6 });
    const whole = tinyTrainer();
    await whole.fit({ train }, { epochs: 3, ...quietly });
    await earlier.fit({ train }, { epochs: 3, ...quietly });
    expect(await digestOf(earlier)).toBe(await digestOf(whole));

    disk.full = false;
    expect(await trainer.fit({ train }, { epochs: 3, ...quietly })).toMatchObject({ step: 18, checkpoint: path });
    expect(await digestOf(trainer)).toBe(await digestOf(whole));
    const saved = tinyTrainer();
    await saved.restore(path);
    expect(await digestOf(saved)).toBe(await digestOf(whole));
  });

  it('at the very last save is made good by calling fit again', async () => {
    const folder = temporaryFolder();
    const disk = new FullDisk();
    disk.full = true;
    const trainer = tinyTrainer({ savePath: folder, fileSystem: disk });
    await expect(trainer.fit({ train }, { epochs: 1, ...quietly })).rejects.toMatchObject({ kept: 'nothing' });
    expect(readdirSync(folder)).toEqual([]);
    disk.full = false;
    const result = await trainer.fit({ train }, { epochs: 1, ...quietly });
    expect(result).toMatchObject({ step: 6, checkpoint: join(folder, 'last.safetensors') });
    expect(readdirSync(folder)).toEqual(['last.safetensors']);
  });
});

describe('checkpoints', () => {
  it('are saved every so many epochs, and after the last', async () => {
    const folder = temporaryFolder();
    const saved: unknown[] = [];
    const look = async (): Promise<void> => {
      if (readdirSync(folder).includes('last.safetensors'))
        saved.push(
          ((await loadCheckpoint(join(folder, 'last.safetensors'))).meta as unknown as { position: { epoch: number } })
            .position.epoch,
        );
    };
    const trainer = tinyTrainer({
      savePath: folder,
      saveFrequency: 2,
      callbacks: [{ onEpochBegin: look, onTrainEnd: look }],
    });
    await trainer.fit({ train }, { epochs: 5, ...quietly });
    expect(saved).toEqual([2, 2, 4, 5]);
  });

  it('are not written without a folder', async () => {
    const trainer = tinyTrainer();
    expect(await trainer.fit({ train, val }, { epochs: 1, ...quietly })).toMatchObject({
      checkpoint: null,
      best: null,
    });
  });

  it('hold the step they say, also when saved by a hook in the middle of a call', async () => {
    const path = join(temporaryFolder(), 'mine.safetensors');
    const trainer = tinyTrainer({
      stepsPerCall: 4,
      callbacks: [{ onBatchEnd: (run) => (run.step === 2 ? run.save(path) : undefined) }],
    });
    await trainer.fit({ train, val }, { epochs: 2, ...quietly });
    const resumed = tinyTrainer();
    await resumed.restore(path);
    expect(resumed.position.step).toBe(4);
    await resumed.fit({ train, val }, { epochs: 2, ...quietly });
    expect(await digestOf(resumed)).toBe(await digestOf(trainer));
    expect(resumed.position).toEqual(trainer.position);
  });

  it('hold the step they say, also when saved from outside while the engine works', async () => {
    const folder = temporaryFolder();
    const trainer = tinyTrainer({ stepsPerCall: 2 });
    const fitting = trainer.fit({ train, val }, { epochs: 2, ...quietly });
    let isDone = false;
    void fitting.then(() => (isDone = true));
    const steps: number[] = [];
    for (let count = 0; !isDone; count++) {
      const path = join(folder, `${count}.safetensors`);
      await trainer.save(path);
      await new Promise((resolve) => setImmediate(resolve));
      const resumed = tinyTrainer();
      await resumed.restore(path);
      steps.push(resumed.position.step);
      await resumed.fit({ train, val }, { epochs: 2, ...quietly });
      await fitting;
      expect(await digestOf(resumed)).toBe(await digestOf(trainer));
    }
    expect(steps.length).toBeGreaterThan(0);
  });

  it('are never ahead of the histories on the disk', async () => {
    const events: string[] = [];
    const disk = new FullDisk((path) => void events.push(`save ${basename(path).split('.')[1]!}`));
    const logger = new Logger({
      handlers: [
        {
          emit: (record) => void (record.kind === 'scalars' && record.period === 'epoch' && events.push('row')),
          flush: () => void events.push('flush'),
        },
      ],
    });
    const trainer = tinyTrainer({ savePath: temporaryFolder(), fileSystem: disk, logger });
    await trainer.fit({ train, val }, { epochs: 1, ...quietly });
    expect(events).toEqual(['save lock', 'row', 'flush', 'save best', 'save last']);
  });

  it('keep numbers that JSON lacks', async () => {
    const extremes: Metric<{ low: number; high: number; zero: number }> = {
      name: 'extremes',
      better: 'higher',
      needs: [],
      init: () => ({ low: Infinity, high: -Infinity, zero: -0 }),
      update: (state) => state,
      result: () => NaN,
    };
    const folder = temporaryFolder();
    const trainer = tinyTrainer({
      metrics: [extremes],
      savePath: folder,
      stepsPerCall: 1,
      callbacks: [{ onBatchEnd: (run) => (run.step === 8 ? run.stop('') : undefined) }],
    });
    await trainer.fit({ train }, { epochs: 2, ...quietly });
    const variables = new Map([...trainer.system.variables].map(([name, { aval }]) => [name, aval]));
    const { position } = await loadTrainerCheckpoint(join(folder, 'last.safetensors'), {
      type: 'TinyNetwork',
      seed: 3,
      variables,
    });
    expect(position).toEqual({ ...trainer.position, callbacks: {} });
    expect(position.history[0]!['extremes']).toBeNaN();
    expect(position.metrics['extremes']).toEqual({ low: Infinity, high: -Infinity, zero: -0 });
  });
});

describe('the best checkpoint', () => {
  /** A metric with a given value in each evaluation of the validation set. */
  function scripted(values: readonly number[], better: 'higher' | 'lower'): Metric<number> {
    let evaluations = 0;
    return {
      name: 'score',
      better,
      needs: [],
      init: () => 0,
      update: () => 0,
      result: () => values[Math.floor(evaluations++ / 2)]!,
    };
  }
  // Half of the results asked for are of training.
  const cases = [
    ['higher', [0.5, 0.4, 0.5, 0.6, NaN], [1, 1, 1, 4, 4]],
    ['higher', [NaN, -3, -4, -2, Infinity], [null, 2, 2, 4, 4]],
    ['lower', [0.5, 0.6, 0.5, 0.4, 0.7], [1, 1, 1, 4, 4]],
  ] as const;

  it.each(cases)('is of the epoch with the %s value of %j', async (better, values, epochs) => {
    const folder = temporaryFolder();
    const found: (number | null)[] = [];
    const look = async (): Promise<void> => {
      if (!readdirSync(folder).includes('best.safetensors')) return void found.push(null);
      const { meta } = await loadCheckpoint(join(folder, 'best.safetensors'));
      found.push((meta as unknown as { position: { epoch: number } }).position.epoch);
    };
    const trainer = tinyTrainer({
      metrics: [scripted(values, better)],
      progress: false,
      savePath: folder,
      stepsPerCall: 16,
      callbacks: [{ onEpochBegin: (run) => (run.epoch === 0 ? undefined : look()), onTrainEnd: look }],
    });
    const result = await trainer.fit({ train, val }, { epochs: values.length, ...quietly });
    expect(result.history.map(({ val_score }) => val_score)).toEqual(values);
    expect(found).toEqual(epochs);
    expect(result.best).toBe(join(folder, 'best.safetensors'));
  });

  it('is of the lowest validation loss without metrics, and of what is asked for', async () => {
    const folder = temporaryFolder();
    const result = await tinyTrainer({ metrics: [], savePath: folder }).fit({ train, val }, { epochs: 2, ...quietly });
    const { meta } = await loadCheckpoint(result.best!);
    const losses = result.history.map(({ val_loss }) => val_loss!);
    expect(meta).toMatchObject({ position: { best: Math.min(...losses) } });

    const trainer = tinyTrainer({ monitor: { name: 'loss', better: 'higher' }, savePath: folder });
    const { history } = await trainer.fit({ train }, { epochs: 2, ...quietly });
    expect(trainer.position.best).toBe(Math.max(...history.map(({ loss }) => loss!)));
  });

  it('of an earlier run in the same folder is not called this run’s', async () => {
    const folder = temporaryFolder();
    await tinyTrainer({ savePath: folder }).fit({ train, val }, { epochs: 1, ...quietly });
    const before = statSync(join(folder, 'best.safetensors')).mtimeMs;
    const { best } = await tinyTrainer({ savePath: folder }).fit({ train }, { epochs: 1, ...quietly });
    expect(best).toBeNull();
    expect(statSync(join(folder, 'best.safetensors')).mtimeMs).toBe(before);
  });

  it('is known after a resume, and beaten only by a better one', async () => {
    const folder = temporaryFolder();
    const first = tinyTrainer({ metrics: [scripted([0.9], 'higher')], savePath: folder, stepsPerCall: 16 });
    await first.fit({ train, val }, { epochs: 1, ...quietly });
    const second = tinyTrainer({ metrics: [scripted([0.8], 'higher')], savePath: folder, stepsPerCall: 16 });
    const resume = join(folder, 'last.safetensors');
    const { best } = await second.fit({ train, val }, { epochs: 2, resume, ...quietly });
    expect(best).toBe(join(folder, 'best.safetensors'));
    expect(second.position.best).toBe(0.9);
    expect((await loadCheckpoint(best!)).meta).toMatchObject({ position: { epoch: 1 } });
  });
});
