import { type FileSystem, nodeFileSystem } from '@delira/io';
import { join } from 'node:path';

const PART = /^(run|fold-\d+)$/;

/**
 * Whether an experiment's folder holds something that was trained: a checkpoint, or what came of a fold. Without it nothing would be lost by
 * beginning anew, as after a training that failed before its first step.
 */
export async function holdsTraining(folder: string, files: FileSystem = nodeFileSystem): Promise<boolean> {
  const parts = (await namesIn(folder, files)).filter((name) => PART.test(name));
  for (const part of parts) {
    const names = await namesIn(join(folder, part), files);
    if (names.some((name) => name.endsWith('.safetensors') || name === 'result.json')) return true;
  }
  return false;
}

/** None where there is no folder. */
async function namesIn(folder: string, files: FileSystem): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
