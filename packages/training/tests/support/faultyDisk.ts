import { type FileSystem, nodeFileSystem, type OpenFile } from '@delira/io';

/** The real file system, whose operations that change something are counted; one of them fails. */
export class FaultyDisk implements FileSystem {
  /** What was done, in order: `'create last.safetensors'`. */
  readonly done: string[] = [];
  /** Number of the operation that fails, from 0; Infinity for none. */
  failing = Infinity;
  readonly openForReading = nodeFileSystem.openForReading;
  readonly status = nodeFileSystem.status;
  readonly resolveLinks = nodeFileSystem.resolveLinks;
  readonly list = nodeFileSystem.list;

  /** @param code the operating system's name of the error: `'ENOSPC'`. */
  constructor(private readonly code: string) {}

  /** A write that fails has written half of the bytes. */
  async #do<R>(what: string, work: () => Promise<R>, half?: () => Promise<unknown>): Promise<R> {
    const number = this.done.push(what) - 1;
    if (number !== this.failing) return work();
    await half?.();
    throw Object.assign(new Error(`${this.code}: simulated, ${what}`), {
      code: this.code,
      syscall: what.split(' ')[0],
    });
  }

  readonly makeFolder: FileSystem['makeFolder'] = (path) => this.#do('mkdir', () => nodeFileSystem.makeFolder(path));
  readonly rename: FileSystem['rename'] = (from, to) => this.#do('rename', () => nodeFileSystem.rename(from, to));
  readonly remove: FileSystem['remove'] = (path) => this.#do('unlink', () => nodeFileSystem.remove(path));
  readonly syncFolder: FileSystem['syncFolder'] = (path) => this.#do('fsync', () => nodeFileSystem.syncFolder(path));

  readonly create: FileSystem['create'] = async (path) => {
    const file = await this.#do('open', () => nodeFileSystem.create(path));
    const faulty: OpenFile = {
      ...file,
      write: (bytes, position) =>
        this.#do(
          'write',
          () => file.write(bytes, position),
          () => file.write(bytes.subarray(0, Math.floor(bytes.length / 2)), position),
        ),
      setMode: (mode) => this.#do('fchmod', () => file.setMode(mode)),
      sync: () => this.#do('fsync', () => file.sync()),
      close: () =>
        this.#do(
          'close',
          () => file.close(),
          () => file.close(),
        ),
    };
    return faulty;
  };
}
