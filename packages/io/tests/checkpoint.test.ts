import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, type Json, type NDArray, ndarray, NotFoundError, zeros } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import {
  type Checkpoint,
  CheckpointError,
  FormatError,
  listCheckpoints,
  loadCheckpoint,
  loadWeights,
  readSafetensors,
  saveCheckpoint,
  writeSafetensors,
  WriteError,
} from '../src/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultyFileSystem } from './FaultyFileSystem.js';

const tensors = new Map<string, NDArray>([
  ['conv.weight', ndarray([1.5, -2, 3, 0.1], [2, 2])],
  ['bn.num_batches_tracked', ndarray([7], [], 'int32')],
  ['adam.step', ndarray([0.1], [1], 'float64')],
  ['mask', ndarray([1, 0, 1], [3], 'bool')],
]);
const meta: Json = { step: 20, epoch: 1, best: null, network: { type: 'ResNet18', classes: 10 }, note: 'Grüße "x"' };
const checkpoint: Checkpoint = { tensors, meta };
const other: Checkpoint = { tensors: new Map([['a', ndarray([9], [1])]]), meta: { step: 10 } };

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
}

async function problemOf(path: string): Promise<CheckpointError> {
  const error = await caught(loadCheckpoint(path));
  if (error instanceof CheckpointError) return error;
  throw new Error(`Expected a CheckpointError, got ${String(error)}.`);
}

describe('saveCheckpoint and loadCheckpoint', () => {
  it('give back what was saved, with memory of its own for each tensor', async () => {
    const path = join(temporaryFolder(), 'run', 'epoch_1.safetensors');
    await saveCheckpoint(path, checkpoint);
    const loaded = await loadCheckpoint(path);
    expect(loaded.meta).toEqual(meta);
    expect(new Map([...loaded.tensors].sort())).toEqual(new Map([...tensors].sort()));
    for (const { data } of loaded.tensors.values()) expect(data.buffer.byteLength).toBe(data.byteLength);
    expect(readdirSync(join(path, '..'))).toEqual(['epoch_1.safetensors']);
  });

  it('give back tensors longer than what is hashed at once, and none at all', async () => {
    const path = join(temporaryFolder(), 'big.safetensors');
    const big = Float64Array.from({ length: 2_500_000 }, (_, index) => index / 7);
    await saveCheckpoint(path, { tensors: new Map([['big', ndarray(big, [big.length], 'float64')]]), meta: null });
    const loaded = (await loadCheckpoint(path)).tensors.get('big')!;
    expect(Buffer.from(loaded.data.buffer).equals(Buffer.from(big.buffer))).toBe(true);
    await saveCheckpoint(path, { tensors: new Map(), meta: [] });
    expect(await loadCheckpoint(path)).toEqual({ tensors: new Map(), meta: [] });
  });

  it('make one safetensors file that shows its JSON at the beginning', async () => {
    const path = join(temporaryFolder(), 'a.safetensors');
    await saveCheckpoint(path, checkpoint);
    const bytes = readFileSync(path);
    const file = readSafetensors(bytes);
    expect(file.tensors.get('conv.weight')).toEqual(tensors.get('conv.weight'));
    expect(JSON.parse(file.metadata['meta']!)).toEqual(meta);
    expect(bytes.toString('utf8')).toContain('{"__metadata__":{"format":"delira-checkpoint","version":"1","sha256":"');
  });

  it('make the same file from the same content', async () => {
    const folder = temporaryFolder();
    await saveCheckpoint(join(folder, 'a'), checkpoint);
    await saveCheckpoint(join(folder, 'b'), checkpoint, { fileSystem: new FaultyFileSystem(null, '', 5) });
    expect(readFileSync(join(folder, 'a')).equals(readFileSync(join(folder, 'b')))).toBe(true);
    expect(await loadCheckpoint(join(folder, 'a'), { fileSystem: new FaultyFileSystem(null, '', 5) })).toEqual(
      await loadCheckpoint(join(folder, 'b')),
    );
  });

  it.each<readonly [string, unknown, string]>([
    ['NaN', { score: { best: Number.NaN } }, 'meta.score.best is NaN'],
    ['an infinity', { best: [0, -Infinity] }, 'meta.best[1] is -Infinity'],
    ['undefined', { best: undefined }, 'meta.best is undefined'],
    ['a class instance', { when: new Date(0) }, 'meta.when is a Date'],
    ['a Map', new Map(), 'meta is a Map'],
    ['a bigint', [1n], 'meta[0] is 1'],
  ])('refuse meta with %s before anything is written', async (_, bad, message) => {
    const folder = temporaryFolder();
    const error = await caught(saveCheckpoint(join(folder, 'a.safetensors'), { tensors, meta: bad as Json }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('when saving fails', () => {
  it.each(['ENOSPC', 'EIO', 'EACCES'])(
    'with %s at any call: a WriteError, and the last checkpoint is whole',
    async (code) => {
      const folder = temporaryFolder();
      const path = join(folder, 'last.safetensors');
      await saveCheckpoint(path, other);
      const before = readFileSync(path);
      const probe = new FaultyFileSystem(null);
      await saveCheckpoint(path, other, { fileSystem: probe });
      expect(probe.calls.filter((call) => call === 'write')).toHaveLength(2);
      // Four tensors and the header are written below, one tensor and the header above.
      const calls = probe.calls.flatMap((call) => (call === 'sync' ? ['write', 'write', 'write', 'sync'] : [call]));
      for (const [failing, call] of calls.entries()) {
        // Tidying up may fail, and after the rename the new checkpoint is there.
        if (call === 'list' || call === 'syncFolder') continue;
        const error = await caught(
          saveCheckpoint(path, checkpoint, { fileSystem: new FaultyFileSystem(failing, code) }),
        );
        expect(error).toBeInstanceOf(WriteError);
        expect((error as WriteError).reason).toBe(code);
        expect(readFileSync(path).equals(before)).toBe(true);
        expect(readdirSync(folder)).toEqual(['last.safetensors']);
      }
      const error = await caught(
        saveCheckpoint(path, checkpoint, { fileSystem: new FaultyFileSystem(calls.indexOf('syncFolder'), code) }),
      );
      expect((error as WriteError).kept).toBe('new');
      expect((await loadCheckpoint(path)).meta).toEqual(meta);
    },
  );
});

describe('a checkpoint that is not as it was saved', () => {
  const saved = async (): Promise<{ path: string; bytes: Buffer }> => {
    const path = join(temporaryFolder(), 'a.safetensors');
    await saveCheckpoint(path, checkpoint);
    return { path, bytes: readFileSync(path) };
  };

  it('is refused for any flipped bit', async () => {
    const { path, bytes } = await saved();
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(path, damaged);
      const error = await caught(loadCheckpoint(path));
      expect(error, `bit ${at % 8} of byte ${at}`).toBeInstanceOf(CheckpointError);
    }
  });

  it('is refused when it is cut off anywhere', async () => {
    const { path, bytes } = await saved();
    for (let length = 0; length < bytes.length; length += 3) {
      writeFileSync(path, bytes.subarray(0, length));
      const { problem, message } = await problemOf(path);
      expect([length, problem]).toEqual([length, 'damaged']);
      expect(message).toContain('Use another checkpoint, or copy this one again.');
    }
  });

  it('is refused when two bytes changed places, whichever', async () => {
    const { path, bytes } = await saved();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(bytes.length - 1), async (a, b) => {
        fc.pre(bytes[a] !== bytes[b]);
        const swapped = Buffer.from(bytes);
        [swapped[a], swapped[b]] = [bytes[b]!, bytes[a]!];
        writeFileSync(path, swapped);
        expect(await caught(loadCheckpoint(path))).toBeInstanceOf(CheckpointError);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('is refused when its JSON was edited', async () => {
    const { path, bytes } = await saved();
    writeFileSync(path, bytes.toString('latin1').replace('step\\":20', 'step\\":21'), 'latin1');
    expect((await problemOf(path)).message).toBe(
      `${path} is damaged: its content does not match its checksum. Nothing was loaded. Use another checkpoint, or copy this one again.`,
    );
  });

  it('is told from files that are none', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'weights.safetensors');
    writeFileSync(path, writeSafetensors(tensors, { format: 'pt' }));
    expect(await problemOf(path)).toMatchObject({ problem: 'foreign', path, code: 'CHECKPOINT' });
    writeFileSync(path, writeSafetensors(tensors, { format: 'delira-checkpoint', version: '2' }));
    expect(await problemOf(path)).toMatchObject({ problem: 'version' });
    writeFileSync(path, writeSafetensors(tensors, { format: 'delira-checkpoint', version: '1' }));
    expect(await problemOf(path)).toMatchObject({ problem: 'damaged' });
    writeFileSync(path, 'not a checkpoint, but some text that somebody wrote');
    expect(await problemOf(path)).toMatchObject({ problem: 'damaged' });
    expect(await problemOf(join(folder, 'nowhere.safetensors'))).toMatchObject({ problem: 'missing' });
    expect(await problemOf(folder)).toMatchObject({ problem: 'unreadable' });
  });

  it('is refused when reading fails', async () => {
    const { path } = await saved();
    const probe = new FaultyFileSystem(null);
    await loadCheckpoint(path, { fileSystem: probe });
    for (let failing = 0; failing < probe.calls.length; failing++) {
      expect(await caught(loadCheckpoint(path, { fileSystem: new FaultyFileSystem(failing) }))).toMatchObject({
        code: 'CHECKPOINT',
        problem: 'unreadable',
      });
    }
  });
});

describe('listCheckpoints', () => {
  it('lists them by name, damaged ones with their error, and nothing else', async () => {
    const folder = temporaryFolder();
    const paths = ['b.safetensors', 'a.safetensors', 'c.safetensors'].map((name) => join(folder, name));
    await saveCheckpoint(paths[0]!, checkpoint);
    await saveCheckpoint(paths[1]!, other);
    utimesSync(paths[1]!, 1000, 2000);
    writeFileSync(paths[2]!, readFileSync(paths[0]!).subarray(0, -1));
    writeFileSync(join(folder, 'weights.safetensors'), writeSafetensors(tensors));
    writeFileSync(join(folder, 'notes.txt'), 'hello');
    writeFileSync(join(folder, '.d.safetensors'), 'temporary');
    const found = await listCheckpoints(folder);
    expect(found).toHaveLength(3);
    expect(found[0]).toEqual({
      path: paths[1],
      bytes: statSync(paths[1]!).size,
      modified: 2_000_000,
      meta: { step: 10 },
      error: null,
    });
    expect(found[1]).toMatchObject({ path: paths[0], meta, error: null });
    expect(found[2]).toMatchObject({ path: paths[2], error: { problem: 'damaged' } });
  });

  it('finds none in a folder that does not exist', async () => {
    expect(await listCheckpoints(join(temporaryFolder(), 'nowhere'))).toEqual([]);
  });

  it('says when a folder cannot be read', async () => {
    const error = await caught(listCheckpoints(temporaryFolder(), { fileSystem: new FaultyFileSystem(0, 'EACCES') }));
    expect(error).toMatchObject({ problem: 'unreadable' });
  });
});

describe('loadWeights', () => {
  it('reads files of other libraries, and checkpoints', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'plain'), writeSafetensors(tensors, { format: 'pt' }));
    await saveCheckpoint(join(folder, 'checkpoint'), checkpoint);
    const expected = new Map([...tensors].sort());
    expect(new Map([...(await loadWeights(join(folder, 'plain')))].sort())).toEqual(expected);
    expect(new Map([...(await loadWeights(join(folder, 'checkpoint')))].sort())).toEqual(expected);
  });

  it('says which file is missing, damaged or unreadable', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'plain');
    expect(await caught(loadWeights(path))).toEqual(
      new NotFoundError(`There is no file ${path} to load weights from. Check the path.`),
    );
    const file = writeSafetensors(new Map([['a', zeros([2])]]));
    writeFileSync(path, file.subarray(0, -1));
    expect(await caught(loadWeights(path))).toEqual(
      new FormatError(`${path}: The tensors need 8 bytes, but only 7 follow the header. The file is truncated.`),
    );
    expect(await caught(loadWeights(folder))).toMatchObject({ code: 'INPUT' });
    await saveCheckpoint(path, checkpoint);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    expect(await caught(loadWeights(path))).toMatchObject({ code: 'CHECKPOINT', problem: 'damaged' });
  });
});
