import { mkdir, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';

export interface FileStatus {
  /** In bytes. */
  readonly size: number;
  /** Permission bits, for example `0o644`. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly isFolder: boolean;
}

export interface OpenFile {
  status(): Promise<FileStatus>;
  /** Fills as much of `target` as one call of the operating system does; returns how many bytes, 0 at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes as much as one call of the operating system does; returns how many bytes. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  setMode(mode: number): Promise<void>;
  /** Returns when the content is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Every access to files goes through here, so that tests can let each of them fail in turn. Errors carry a `code` as Node.js's do. */
export interface FileSystem {
  openForReading(path: string): Promise<OpenFile>;
  /** Fails when the file exists. */
  create(path: string): Promise<OpenFile>;
  status(path: string): Promise<FileStatus>;
  resolveLinks(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** With the folders around it; does nothing when it exists. */
  makeFolder(path: string): Promise<void>;
  /** Makes renames in a folder durable. */
  syncFolder(path: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
}

interface NodeStatus {
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  isDirectory(): boolean;
}

function toStatus(status: NodeStatus): FileStatus {
  return { size: status.size, mode: status.mode & 0o7777, modified: status.mtimeMs, isFolder: status.isDirectory() };
}

/** Node.js refuses to move 2 GiB or more in one call. */
const MOST_BYTES = 2 ** 30;

async function openNodeFile(path: string, flags: 'r' | 'wx'): Promise<OpenFile> {
  const handle = await open(path, flags);
  return {
    status: async () => toStatus(await handle.stat()),
    read: async (target, position) =>
      (await handle.read(target, 0, Math.min(target.length, MOST_BYTES), position)).bytesRead,
    write: async (bytes, position) =>
      (await handle.write(bytes, 0, Math.min(bytes.length, MOST_BYTES), position)).bytesWritten,
    setMode: (mode) => handle.chmod(mode),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

export const nodeFileSystem: FileSystem = {
  openForReading: (path) => openNodeFile(path, 'r'),
  create: (path) => openNodeFile(path, 'wx'),
  status: async (path) => toStatus(await stat(path)),
  resolveLinks: (path) => realpath(path),
  rename: (from, to) => rename(from, to),
  remove: (path) => unlink(path),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  syncFolder: async (path) => {
    // Windows cannot open folders; a rename is durable there without it.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  list: (folder) => readdir(folder),
};

/** The operating system's name of an error (`'ENOENT'`), or `null` when it is another kind of error. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
