import { type FileSystem, nodeFileSystem } from '@delira/io';

/** A whole text file; null when there is none. */
export async function readText(path: string, files: FileSystem = nodeFileSystem): Promise<string | null> {
  let file;
  try {
    file = await files.openForReading(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const bytes = new Uint8Array((await file.status()).size);
    let done = 0;
    while (done < bytes.length) {
      const read = await file.read(bytes.subarray(done), done);
      if (read === 0) break;
      done += read;
    }
    return new TextDecoder().decode(bytes.subarray(0, done));
  } finally {
    await file.close();
  }
}

export async function fileExists(path: string, files: FileSystem = nodeFileSystem): Promise<boolean> {
  try {
    await files.status(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
