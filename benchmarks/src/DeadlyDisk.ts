import { type FileSystem, nodeFileSystem } from '@delira/io';

/** The real file system; the operation of a given number, if there is one, is the last thing that this process does. */
export class DeadlyDisk implements FileSystem {
  /** Operations so far that change something. */
  operations = 0;
  readonly openForReading = nodeFileSystem.openForReading;
  readonly status = nodeFileSystem.status;
  readonly resolveLinks = nodeFileSystem.resolveLinks;
  readonly list = nodeFileSystem.list;

  /** @param last its number, from 0; Infinity for none. */
  constructor(private readonly last: number) {}

  /** A write that is the last has written half of its bytes; the other operations are killed after they are done. */
  async #count<R>(work: () => Promise<R>, part: () => Promise<unknown> = work): Promise<R> {
    if (this.operations++ !== this.last) return work();
    await part();
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  }

  readonly makeFolder: FileSystem['makeFolder'] = (path) => this.#count(() => nodeFileSystem.makeFolder(path));
  readonly rename: FileSystem['rename'] = (from, to) => this.#count(() => nodeFileSystem.rename(from, to));
  readonly remove: FileSystem['remove'] = (path) => this.#count(() => nodeFileSystem.remove(path));
  readonly syncFolder: FileSystem['syncFolder'] = (path) => this.#count(() => nodeFileSystem.syncFolder(path));
  readonly create: FileSystem['create'] = (path) =>
    this.#count(async () => {
      const file = await nodeFileSystem.create(path);
      return {
        ...file,
        write: (bytes, position) =>
          this.#count(
            () => file.write(bytes, position),
            () => file.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), position),
          ),
        sync: () => this.#count(() => file.sync()),
      };
    });
}
