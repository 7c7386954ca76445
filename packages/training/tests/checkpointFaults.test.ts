import { loadCheckpoint } from '@delira/io';
import { Logger } from '@delira/logging';
import { temporaryFolder } from '@delira/testkit/vitest';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FaultyDisk } from './support/faultyDisk.js';
import { digestOf, tinyLoaders, type TinyOptions, type TinyTrainer, tinyTrainer } from './support/tinyTraining.js';

const quietly = { handleSignals: false };
const CODES = ['ENOSPC', 'EIO', 'EACCES'];

const checkpointsIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.safetensors'));

/** The state and the position of a trainer, and what its folder says of it. */
async function ending(trainer: TinyTrainer): Promise<unknown> {
  const { history, step } = trainer.position;
  return { digest: await digestOf(trainer), history, step };
}

describe('a checkpoint that cannot be saved', () => {
  /** A run of two epochs with everything that is ever written: best, last and two epochs' files, all of them replaced. */
  const options = (disk: FaultyDisk, savePath: string, others: TinyOptions = {}): TinyOptions => ({
    savePath,
    fileSystem: disk,
    keep: 1,
    monitor: { name: 'loss', better: 'lower' },
    ...others,
  });
  const train = { train: tinyLoaders().train };

  it('leaves the earlier ones as they were, whichever operation fails, and however', async () => {
    const undisturbed = new FaultyDisk('');
    const whole = tinyTrainer(options(undisturbed, temporaryFolder()));
    await whole.fit(train, { epochs: 2, ...quietly });
    const expected = await ending(whole);
    expect(new Set(undisturbed.done)).toEqual(
      new Set(['mkdir', 'open', 'fchmod', 'write', 'fsync', 'close', 'rename', 'unlink']),
    );

    const failures: string[] = [];
    // Of the writes of one file, the first and the last stand for the others.
    const isWrite = (number: number): boolean => undisturbed.done[number] === 'write';
    const tried = undisturbed.done
      .map((_, number) => number)
      .filter((number) => !(isWrite(number - 1) && isWrite(number) && isWrite(number + 1)));
    for (const failing of tried) {
      const folder = temporaryFolder();
      const code = CODES[failing % CODES.length]!;
      const disk = new FaultyDisk(code);
      disk.failing = failing;
      const trainer = tinyTrainer(options(disk, folder));
      const error: unknown = await trainer.fit(train, { epochs: 2, ...quietly }).then(
        () => null,
        (reason: unknown) => reason,
      );
      // Every checkpoint there is is whole.
      for (const name of checkpointsIn(folder)) await loadCheckpoint(join(folder, name));
      const what = undisturbed.done[failing]!;
      if (error !== null) {
        failures.push(what);
        expect(error, what).toMatchObject({ code: 'WRITE', reason: code });
        // The training stands where it was, in memory: it is saved and goes on.
        await trainer.fit(train, { epochs: 2, ...quietly });
      }
      expect(await ending(trainer), what).toEqual(expected);
      const resumed = tinyTrainer({ savePath: folder });
      await resumed.restore(join(folder, 'last.safetensors'));
      expect(await ending(resumed), what).toEqual(expected);
      const best = tinyTrainer();
      await best.restore(join(folder, 'best.safetensors'));
      expect(best.position.best, what).toBe(whole.position.best);
      expect(best.position.history.at(-1)!['loss'], what).toBe(whole.position.best);
    }
    // Removing an epoch's old file, or the lock, is no reason to stop.
    expect(new Set(failures)).toEqual(new Set(['mkdir', 'open', 'fchmod', 'write', 'fsync', 'close', 'rename']));
  });

  it('of the best state is saved by the next fit, before another step', async () => {
    const folder = temporaryFolder();
    const disk = new FaultyDisk('EIO');
    // The loss falls: the first epoch stays the one with the highest.
    const highest = options(disk, folder, { monitor: { name: 'loss', better: 'higher' } });
    const trainer = tinyTrainer({
      ...highest,
      callbacks: [
        {
          onEpochEnd: ({ epoch }) => {
            if (epoch === 0) disk.failing = disk.done.length + 2;
          },
        },
      ],
    });
    await expect(trainer.fit(train, { epochs: 2, ...quietly })).rejects.toMatchObject({ code: 'WRITE' });
    expect(checkpointsIn(folder)).toEqual([]);
    const { history } = await trainer.fit(train, { epochs: 2, ...quietly });
    expect(history[1]!['loss']).toBeLessThan(history[0]!['loss']!);
    const best = tinyTrainer();
    await best.restore(join(folder, 'best.safetensors'));
    expect(best.position).toMatchObject({ epoch: 1, best: history[0]!['loss'] });
  });

  it('does not end a training that is to continue, but for the last', async () => {
    const done = new FaultyDisk('ENOSPC');
    await tinyTrainer(options(done, temporaryFolder())).fit(train, { epochs: 3, ...quietly });
    const whole = tinyTrainer({ monitor: { name: 'loss', better: 'lower' } });
    await whole.fit(train, { epochs: 3, ...quietly });
    let survived = 0;
    const renames = done.done.flatMap((what, number) => (what === 'rename' ? [number] : []));
    for (const failing of renames) {
      const folder = temporaryFolder();
      const disk = new FaultyDisk('ENOSPC');
      disk.failing = failing;
      const texts: string[] = [];
      const logger = new Logger({
        handlers: [{ level: 'error', emit: (record) => void (record.kind === 'text' && texts.push(record.text)) }],
      });
      const trainer = tinyTrainer(options(disk, folder, { onSaveError: 'continue', logger }));
      const result = await trainer.fit(train, { epochs: 3, ...quietly }).catch(() => null);
      for (const name of checkpointsIn(folder)) await loadCheckpoint(join(folder, name));
      if (result === null) {
        expect(texts).toEqual([]);
        continue;
      }
      expect(await digestOf(trainer)).toBe(await digestOf(whole));
      if (texts.length === 0) continue;
      survived++;
      expect(texts).toEqual([expect.stringMatching(/ENOSPC.*The training goes on without this checkpoint\.$/)]);
      // What is called the best is the best of what could be saved.
      const best = tinyTrainer();
      await best.restore(join(folder, 'best.safetensors'));
      expect(best.position.history.at(-1)!['loss']).toBe(best.position.best);
      expect(trainer.position.best).toBe(best.position.best);
    }
    expect(survived).toBeGreaterThan(2);
  });
});

describe('a checkpoint of its own for each epoch', () => {
  it('stays for the newest ones', async () => {
    const folder = temporaryFolder();
    const { train } = tinyLoaders();
    await tinyTrainer({ savePath: folder, keep: 2 }).fit({ train }, { epochs: 4, ...quietly });
    expect(checkpointsIn(folder)).toEqual(['epoch-0003.safetensors', 'epoch-0004.safetensors', 'last.safetensors']);
    const third = tinyTrainer();
    await third.restore(join(folder, 'epoch-0003.safetensors'));
    expect(third.position.epoch).toBe(3);
    // A run that goes back writes the later ones again.
    const again = tinyTrainer({ savePath: folder, keep: 2 });
    await again.fit({ train }, { epochs: 5, resume: join(folder, 'epoch-0003.safetensors'), ...quietly });
    expect(checkpointsIn(folder)).toEqual(['epoch-0004.safetensors', 'epoch-0005.safetensors', 'last.safetensors']);
  });
});

describe('a damaged checkpoint', () => {
  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    [
      'bit-flipped',
      (bytes: Buffer) => {
        const flipped = Buffer.from(bytes);
        flipped[bytes.length - 50]! ^= 4;
        return flipped;
      },
    ],
    ['foreign', () => Buffer.from('PK\u0003\u0004 no checkpoint at all, but something of another program')],
    ['empty', () => Buffer.alloc(0)],
  ])('(%s) is refused with its reason, and the one before is offered', async (_, damage) => {
    const savePath = temporaryFolder();
    const { train } = tinyLoaders();
    const trainer = tinyTrainer({ savePath, keep: 2 });
    await trainer.fit({ train }, { epochs: 3, ...quietly });
    const last = join(savePath, 'last.safetensors');
    const newest = join(savePath, 'epoch-0003.safetensors');
    for (const path of [last, newest]) writeFileSync(path, damage(readFileSync(path)));
    const resumed = tinyTrainer({ savePath, keep: 2 });
    const before = await digestOf(resumed);
    const error = (await resumed
      .fit({ train }, { epochs: 4, resume: last, ...quietly })
      .catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ code: 'CHECKPOINT', problem: 'damaged', path: last });
    const offered = /(\S*) is whole, and of this run after (\d) epochs, at step (\d+): resume/.exec(error.message)!;
    expect(offered.slice(1)).toEqual([join(savePath, 'epoch-0002.safetensors'), '2', '12']);
    expect(await digestOf(resumed)).toBe(before);

    const result = await resumed.fit({ train }, { epochs: 3, resume: offered[1]!, ...quietly });
    expect(result.history).toEqual(trainer.position.history);
    expect(await digestOf(resumed)).toBe(await digestOf(trainer));
    expect(basename(result.checkpoint!)).toBe('last.safetensors');
  });
});
