import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '@delira/io';
import { temporaryFolder } from '@delira/testkit/vitest';
import { RunLock } from '../src/RunLock.js';
import { tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

const lockOf = (folder: string): string => join(folder, 'run.lock');

/** A process that lives until it is killed; gives its number. */
async function otherProcess(): Promise<{ readonly processId: number; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("ready")']);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    processId: child.pid!,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const write = (folder: string, owner: object): void => writeFileSync(lockOf(folder), JSON.stringify(owner));
const lockedBy = (processId: number, host = hostname()): object => ({ host, processId, started: null, token: 'x' });

describe('a folder', () => {
  it('is locked while one works on it, and free again afterwards', async () => {
    const folder = join(temporaryFolder(), 'new');
    const lock = await RunLock.take(folder);
    await expect(RunLock.take(folder)).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      problem: 'locked',
      folder,
      message: `another training of this process works on the folder ${folder}: two would spoil each other's checkpoints. Wait until it has ended, end it, or use another folder.`,
    });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await RunLock.take(folder)).release();
  });

  it('of a living process is refused, and that of a dead one taken over', async () => {
    const folder = temporaryFolder();
    const other = await otherProcess();
    write(folder, lockedBy(other.processId));
    await expect(RunLock.take(folder)).rejects.toThrow(`process ${other.processId} works on the folder ${folder}`);
    expect(existsSync(lockOf(folder))).toBe(true);
    await other.kill();
    const lock = await RunLock.take(folder);
    expect(JSON.parse(readFileSync(lockOf(folder), 'utf8'))).toMatchObject({ processId: process.pid });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is tidied up of what dead processes left unfinished, and of nothing else', async () => {
    const folder = temporaryFolder();
    const [living, dead] = [await otherProcess(), await otherProcess()];
    await dead.kill();
    const kept = ['epochs.csv', `epochs.csv.${living.processId}.tmp`, `epochs.csv.${process.pid}.tmp`, 'my.tmp'];
    const unclear = '.test.json.0123456789012345.tmp';
    for (const name of [...kept, unclear, `epochs.csv.${dead.processId}.tmp`, `history.jsonl.${dead.processId}.tmp`])
      writeFileSync(join(folder, name), '');
    await (await RunLock.take(folder)).release();
    expect(readdirSync(folder).sort()).toEqual([...kept, unclear].sort());
    await living.kill();
  });

  it('of an earlier process of this number is taken over, where the system tells when processes began', async () => {
    const folder = temporaryFolder();
    const tellsStarts = existsSync('/proc/self/stat');
    write(folder, { ...lockedBy(process.pid), started: '1' });
    const taken = await RunLock.take(folder).then(
      (lock) => lock.release().then(() => true),
      () => false,
    );
    expect(taken).toBe(tellsStarts);
  });

  it('of another machine is refused: nothing can be known of its process', async () => {
    const folder = temporaryFolder();
    write(folder, lockedBy(1, 'elsewhere'));
    await expect(RunLock.take(folder)).rejects.toThrow(
      `process 1 on elsewhere works on the folder ${folder}: two would spoil each other's checkpoints. Use another folder, or, if that process is gone, remove ${lockOf(folder)}.`,
    );
  });

  it.each(['', '{"host', '[]'])('whose lock was torn (%j) is taken over', async (text) => {
    const folder = temporaryFolder();
    writeFileSync(lockOf(folder), text);
    await (await RunLock.take(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over by one of several', async () => {
    const folder = temporaryFolder();
    for (let round = 0; round < 20; round++) {
      write(folder, lockedBy(2 ** 22 + 1));
      const taken = await Promise.allSettled(Array.from({ length: 4 }, () => RunLock.take(folder)));
      const locks = taken.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(locks).toHaveLength(1);
      await locks[0]!.release();
    }
  });

  it('that cannot be written to is told before anything is done', async () => {
    const folder = temporaryFolder();
    const refuse = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code, syscall: 'open' }));
    for (const code of ['EACCES', 'EROFS', 'ENOSPC'])
      await expect(RunLock.take(folder, { ...nodeFileSystem, create: refuse(code) })).rejects.toMatchObject({
        code: 'WRITE',
        reason: code,
        message: `Nothing can be saved in this folder: ${lockOf(folder)} could not be written (${code}). Choose a folder that may be written to, on a disk with space.`,
      });
  });
});

describe('a training', () => {
  it('keeps others out of its folder until it ends, however it ends', async () => {
    const folder = temporaryFolder();
    let other: Promise<unknown> | null = null;
    const trainer = tinyTrainer({
      savePath: folder,
      callbacks: [
        {
          onEpochEnd: async () => {
            other ??= tinyTrainer({ savePath: folder }).fit(tinyLoaders(), { epochs: 1 });
            await expect(other).rejects.toMatchObject({ problem: 'locked' });
            throw new Error('a fault');
          },
        },
      ],
    });
    await expect(trainer.fit(tinyLoaders(), { epochs: 1 })).rejects.toThrow('a fault');
    expect(existsSync(lockOf(folder))).toBe(false);
    expect((await tinyTrainer({ savePath: folder }).fit(tinyLoaders(), { epochs: 1 })).finished).toBe(true);
  });
});
