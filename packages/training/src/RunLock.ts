import { type FileSystem, nodeFileSystem, WriteError } from '@delira/io';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { RunFolderError } from './errors.js';
import { readText } from './readText.js';
import { removeStaleTemporaries } from './removeStaleTemporaries.js';

const NAME = 'run.lock';
/** Milliseconds: taking over takes one; a guard that is older was left by a process that was killed in it. */
const TAKEOVER_LIMIT = 10_000;
/** Tokens of this process's locks that nobody holds any more, though their files could not be removed. */
const released = new Set<string>();

interface Owner {
  readonly host: string;
  readonly processId: number;
  /** Tells a process from a later one of the same number; null where the system does not say. */
  readonly started: string | null;
  /** Of this lock alone. */
  readonly token: string;
}

/**
 * Keeps a second process (or a second training of this one) out of a folder, by a file that is there while one works on it. The file of a
 * process that is gone is taken over.
 */
export class RunLock {
  private constructor(
    private readonly path: string,
    private readonly owner: Owner,
    private readonly files: FileSystem,
  ) {}

  /**
   * @throws RunFolderError naming the process that works on the folder, and what to do.
   * @throws WriteError when nothing can be written there.
   */
  static async take(folder: string, files: FileSystem = nodeFileSystem): Promise<RunLock> {
    const path = join(folder, NAME);
    const token = randomBytes(8).toString('hex');
    const owner = { host: hostname(), processId: process.pid, started: statusOf(process.pid)?.started ?? null, token };
    await writing(path, () => files.makeFolder(folder));
    for (;;) {
      if (await create(path, owner, files)) {
        // Whoever writes in this folder holds its lock, so that no other machine's process is meant by a number.
        await removeStaleTemporaries(folder, files, exists);
        return new RunLock(path, owner, files);
      }
      const other = await ownerOf(path, files);
      if (other === undefined) continue;
      if (other !== null && isAlive(other)) throw locked(folder, path, other);
      await writing(path, () => takeAway(path, other, files));
    }
  }

  /** Lets others in. */
  async release(): Promise<void> {
    const owner = await ownerOf(this.path, this.files).catch(() => null);
    // Whoever found this process dead, wrongly or not, holds a lock of its own now.
    if (owner?.token === this.owner.token)
      await this.files.remove(this.path).catch(() => released.add(this.owner.token));
  }
}

/** False when there is one already. */
async function create(path: string, owner: Owner, files: FileSystem): Promise<boolean> {
  let file;
  try {
    file = await files.create(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw notWritten(path, error);
  }
  try {
    const bytes = new TextEncoder().encode(`${JSON.stringify(owner)}\n`);
    try {
      for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written), written);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    await files.remove(path).catch(() => released.add(owner.token));
    throw notWritten(path, error);
  }
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || typeof code !== 'string') return error;
  return new WriteError(
    `Nothing can be saved in this folder: ${path} could not be written (${code}). Choose a folder that may be written to, on a disk with space.`,
    path,
    'nothing',
    code,
    { cause: error },
  );
}

/** Undefined: there is no lock. Null: it does not say whose it is, as when its process died while it was written. */
async function ownerOf(path: string, files: FileSystem): Promise<Owner | null | undefined> {
  const text = await readText(path, files);
  if (text === null) return undefined;
  try {
    const { host, processId, started, token } = JSON.parse(text) as Partial<Owner>;
    if (typeof host !== 'string' || typeof processId !== 'number' || typeof token !== 'string') return null;
    return { host, processId, started: started ?? null, token };
  } catch {
    return null;
  }
}

/** A process of another machine counts as alive: nothing can be known of it here. */
function isAlive({ host, processId, started, token }: Owner): boolean {
  if (released.has(token)) return false;
  if (host !== hostname()) return true;
  if (!exists(processId)) return false;
  const now = statusOf(processId);
  if (now === null) return true;
  return !now.hasEnded && (started === null || started === now.started);
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // There is one that belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}

interface ProcessStatus {
  /** In the system's ticks since it was started. */
  readonly started: string | null;
  /** It has ended, and its parent has not taken notice yet. */
  readonly hasEnded: boolean;
}

/** Null where the system does not tell. */
function statusOf(processId: number): ProcessStatus | null {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // The program's name stands in brackets and may hold anything; what follows begins with the state, and the start is the 20th.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { started: fields[19] ?? null, hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return null;
  }
}

/**
 * Removes a dead lock. One process at a time: of two that found it dead, the slower would otherwise remove the new lock of the faster.
 */
async function takeAway(path: string, dead: Owner | null, files: FileSystem): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    await (await files.create(guard)).close();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const status = await files.status(guard).catch(() => null);
    if (status !== null && Date.now() - status.modified > TAKEOVER_LIMIT)
      await files.remove(guard).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 10));
    return;
  }
  try {
    const now = await ownerOf(path, files);
    if (now !== undefined && now?.token === dead?.token) await files.remove(path);
  } finally {
    await files.remove(guard);
  }
}

function locked(folder: string, path: string, { host, processId }: Owner): RunFolderError {
  const isHere = host === hostname();
  const who = isHere
    ? processId === process.pid
      ? 'another training of this process'
      : `process ${processId}`
    : `process ${processId} on ${host}`;
  const remedy = isHere
    ? 'Wait until it has ended, end it, or use another folder.'
    : `Use another folder, or, if that process is gone, remove ${path}.`;
  return new RunFolderError(
    `${who} works on the folder ${folder}: two would spoil each other's checkpoints. ${remedy}`,
    folder,
    'locked',
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
