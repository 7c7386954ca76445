import { type FileSystem, nodeFileSystem, type OpenFile } from '../src/index.js';

/** An error as the operating system reports it through Node.js. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: told to fail`), { code, syscall: 'test' });
}

/** The real file system, except that one call fails, and that writes and reads move at most `chunk` bytes. */
export class FaultyFileSystem implements FileSystem {
  readonly calls: string[] = [];

  constructor(
    /** Which call fails, counted from 0; `null`: none. */
    readonly failing: number | null,
    readonly code = 'EIO',
    readonly chunk = Infinity,
  ) {}

  async #call<T>(name: string, action: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    if (this.calls.length - 1 === this.failing) throw systemError(this.code);
    return action();
  }

  async #open(name: string, open: () => Promise<OpenFile>): Promise<OpenFile> {
    const file = await this.#call(name, open);
    return {
      status: () => this.#call('status of file', () => file.status()),
      read: (target, position) => this.#call('read', () => file.read(target.subarray(0, this.chunk), position)),
      write: (bytes, position) => this.#call('write', () => file.write(bytes.subarray(0, this.chunk), position)),
      setMode: (mode) => this.#call('setMode', () => file.setMode(mode)),
      sync: () => this.#call('sync', () => file.sync()),
      // The file is closed even when closing it reports an error.
      close: async () => {
        await file.close();
        await this.#call('close', () => Promise.resolve());
      },
    };
  }

  openForReading = (path: string): Promise<OpenFile> =>
    this.#open('openForReading', () => nodeFileSystem.openForReading(path));
  create = (path: string): Promise<OpenFile> => this.#open('create', () => nodeFileSystem.create(path));
  status: FileSystem['status'] = (path) => this.#call('status', () => nodeFileSystem.status(path));
  resolveLinks: FileSystem['resolveLinks'] = (path) =>
    this.#call('resolveLinks', () => nodeFileSystem.resolveLinks(path));
  rename: FileSystem['rename'] = (from, to) => this.#call('rename', () => nodeFileSystem.rename(from, to));
  remove: FileSystem['remove'] = (path) => this.#call('remove', () => nodeFileSystem.remove(path));
  makeFolder: FileSystem['makeFolder'] = (path) => this.#call('makeFolder', () => nodeFileSystem.makeFolder(path));
  syncFolder: FileSystem['syncFolder'] = (path) => this.#call('syncFolder', () => nodeFileSystem.syncFolder(path));
  list: FileSystem['list'] = (folder) => this.#call('list', () => nodeFileSystem.list(folder));
}
