import { temporaryFolder } from '@delira/testkit/vitest';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic, WriteError } from '../src/index.js';
import { describe, expect, it } from 'vitest';
import { FaultyFileSystem } from './FaultyFileSystem.js';

const failure = async (promise: Promise<unknown>): Promise<WriteError> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof WriteError) return error;
  throw new Error(`Expected a WriteError, got ${String(error)}.`);
};

/** Every call of the file system that writing over a file makes. */
async function callsOfReplacing(folder: string): Promise<readonly string[]> {
  const path = join(folder, 'file');
  writeFileSync(path, 'old');
  const fileSystem = new FaultyFileSystem(null);
  await writeFileAtomic(path, 'new', { fileSystem });
  return fileSystem.calls;
}

describe('writeFileAtomic', () => {
  it('writes text and bytes, and makes folders', async () => {
    const folder = temporaryFolder();
    await writeFileAtomic(join(folder, 'a', 'b', 'text'), 'Grüße');
    await writeFileAtomic(join(folder, 'bytes'), new Uint8Array([0, 255]));
    expect(readFileSync(join(folder, 'a', 'b', 'text'), 'utf8')).toBe('Grüße');
    expect([...readFileSync(join(folder, 'bytes'))]).toEqual([0, 255]);
    expect(readdirSync(folder)).toEqual(['a', 'bytes']);
  });

  it('writes all, however little the system takes at once', async () => {
    const path = join(temporaryFolder(), 'file');
    await writeFileAtomic(path, 'a long text', { fileSystem: new FaultyFileSystem(null, '', 2) });
    expect(readFileSync(path, 'utf8')).toBe('a long text');
  });

  it('makes the content durable before the rename, and the rename after it', async () => {
    expect(await callsOfReplacing(temporaryFolder())).toEqual([
      'resolveLinks',
      'status',
      'makeFolder',
      'list',
      'create',
      'setMode',
      'write',
      'sync',
      'close',
      'rename',
      'syncFolder',
    ]);
  });

  it('keeps the permissions of the file it replaces', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    await writeFileAtomic(path, 'new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('replaces what a symbolic link points to, not the link', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'target'), 'old');
    symlinkSync('target', join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), 'new');
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it('lets writers at the same time end with one whole content', async () => {
    const folder = temporaryFolder();
    const contents = ['a'.repeat(5000), 'b'.repeat(4000), 'c'.repeat(3000)];
    await Promise.all(contents.map((content) => writeFileAtomic(join(folder, 'file'), content)));
    expect(contents).toContain(readFileSync(join(folder, 'file'), 'utf8'));
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('what a killed process left behind', () => {
  it('is removed after an hour, other files are not', async () => {
    const folder = temporaryFolder();
    const write = (name: string, minutes: number): void => {
      writeFileSync(join(folder, name), '');
      const then = Date.now() / 1000 - 60 * minutes;
      utimesSync(join(folder, name), then, then);
    };
    write('.file.0123456789abcdef.tmp', 61);
    write('.file.fedcba9876543210.tmp', 59);
    write('.file.of-mine.tmp', 61);
    write('.file2.0123456789abcdef.tmp', 61);
    write('file.0123456789abcdef.tmp', 61);
    await writeFileAtomic(join(folder, 'file'), 'new');
    expect(readdirSync(folder).sort()).toEqual([
      '.file.fedcba9876543210.tmp',
      '.file.of-mine.tmp',
      '.file2.0123456789abcdef.tmp',
      'file',
      'file.0123456789abcdef.tmp',
    ]);
  });

  it('does not stop the next attempt when it cannot be removed', async () => {
    const folder = temporaryFolder();
    const stale = join(folder, '.file.0123456789abcdef.tmp');
    writeFileSync(stale, '');
    utimesSync(stale, 1, 1);
    const calls = new FaultyFileSystem(null);
    await writeFileAtomic(join(folder, 'file'), 'new', { fileSystem: calls });
    expect(calls.calls.slice(0, 6)).toEqual(['resolveLinks', 'status', 'makeFolder', 'list', 'status', 'remove']);
    for (const failing of [3, 4, 5]) {
      writeFileSync(stale, '');
      utimesSync(stale, 1, 1);
      await writeFileAtomic(join(folder, 'file'), String(failing), { fileSystem: new FaultyFileSystem(failing) });
      expect(readFileSync(join(folder, 'file'), 'utf8')).toBe(String(failing));
    }
  });
});

describe('when a call of the file system fails', async () => {
  const first = mkdtempSync(join(tmpdir(), 'delira-calls-'));
  const calls = await callsOfReplacing(first);
  rmSync(first, { recursive: true });
  // Tidying up may fail: then it is left to the next time.
  const cases = calls.map((call, number) => [call, number] as const).filter(([call]) => call !== 'list');

  it.each(cases)('at %s: the old file stays, or the new one is whole', async (call, number) => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    const error = await failure(writeFileAtomic(path, 'new', { fileSystem: new FaultyFileSystem(number) }));
    expect(error.reason).toBe('EIO');
    expect(error.path).toBe(path);
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(path, 'utf8')).toBe(call === 'syncFolder' ? 'new' : 'old');
    // Before it has looked, it cannot know that there is a file.
    if (number > calls.indexOf('status')) expect(error.kept).toBe(call === 'syncFolder' ? 'new' : 'previous');
  });

  it.each(cases.filter(([call]) => call !== 'setMode' && call !== 'syncFolder'))(
    'at %s: a new file is not there at all',
    async (call) => {
      const folder = temporaryFolder();
      const fileSystem = new FaultyFileSystem(calls.filter((name) => name !== 'setMode').indexOf(call));
      const error = await failure(writeFileAtomic(join(folder, 'file'), 'new', { fileSystem }));
      expect(error.kept).toBe('nothing');
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each([
    [
      'ENOSPC',
      'the disk is full (ENOSPC). Free some space, or choose another disk. The file that was there before is unchanged.',
    ],
    [
      'EACCES',
      'permission denied (EACCES). Choose a folder that may be written to. The file that was there before is unchanged.',
    ],
    [
      'EIO',
      'the disk reported an error (EIO). Check the disk, or choose another one. The file that was there before is unchanged.',
    ],
    ['EMFILE', 'EMFILE: told to fail. The file that was there before is unchanged.'],
  ])('%s: says what happened, what is left and what to do', async (code, message) => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'old');
    const error = await failure(
      writeFileAtomic(path, 'new', { fileSystem: new FaultyFileSystem(calls.indexOf('write'), code) }),
    );
    expect(error.message).toBe(`Could not write ${path}: ${message}`);
    expect([error.code, error.reason]).toEqual(['WRITE', code]);
  });

  it('says so when there is a folder of that name', async () => {
    const path = join(temporaryFolder(), 'folder');
    mkdirSync(path);
    const error = await failure(writeFileAtomic(path, 'new'));
    expect(error.message).toContain('there is a folder of that name');
    expect(readdirSync(path)).toEqual([]);
  });
});
