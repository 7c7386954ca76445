import { type FileSystem, nodeFileSystem } from '@delira/io';

/** The real file system; while `full`, the disk takes some bytes of a file and no more. */
export class FullDisk implements FileSystem {
  full = false;
  readonly openForReading = nodeFileSystem.openForReading;
  readonly status = nodeFileSystem.status;
  readonly resolveLinks = nodeFileSystem.resolveLinks;
  readonly rename = nodeFileSystem.rename;
  readonly remove = nodeFileSystem.remove;
  readonly makeFolder = nodeFileSystem.makeFolder;
  readonly syncFolder = nodeFileSystem.syncFolder;
  readonly list = nodeFileSystem.list;

  constructor(private readonly onCreate: (path: string) => void = () => undefined) {}

  readonly create: FileSystem['create'] = async (path) => {
    this.onCreate(path);
    const file = await nodeFileSystem.create(path);
    return {
      ...file,
      write: async (bytes, position) => {
        if (this.full && position > 100)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
            code: 'ENOSPC',
            syscall: 'write',
          });
        return file.write(bytes.subarray(0, 100), position);
      },
    };
  };
}
