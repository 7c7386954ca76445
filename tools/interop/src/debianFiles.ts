import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, runProcess } from './runProcess.js';
import { repositoryRoot } from './repositoryRoot.js';
import { SkippedError } from './SkippedError.js';

const cache = join(repositoryRoot, '.venv-interop-debian');

const step = async (what: string, command: string, parameters: readonly string[], folder: string): Promise<void> => {
  const finished = await runProcess(command, parameters, { folder }).catch((error: unknown) => {
    throw new SkippedError(`${what} needs ${command}, which does not start here (${String(error)}).`);
  });
  if (finished.code !== 0) throw new SkippedError(`${what} failed: ${lastLines(finished.stderr, 2)}`);
};

/**
 * Unpacks a Debian package into a folder of the repository, without installing it and without being root: package lists of our own,
 * `apt-get download`, `dpkg -x`. Done once per package.
 *
 * @returns the folder that stands for `/`.
 * @throws SkippedError on a system without apt, or where the package cannot be had.
 */
export async function debianFiles(name: string): Promise<string> {
  const unpacked = join(cache, name);
  if (existsSync(unpacked)) return unpacked;
  const work = join(cache, 'work');
  await mkdir(join(work, 'lists/partial'), { recursive: true });
  await mkdir(join(work, 'cache/archives/partial'), { recursive: true });
  const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
  await step('Reading the package lists', 'apt-get', [...own, 'update'], work);
  await step(`Downloading ${name}`, 'apt-get', [...own, 'download', name], work);
  const archive = (await readdir(work)).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
  if (archive === undefined) throw new SkippedError(`apt-get said it downloaded ${name}, but left no archive.`);
  await step(`Unpacking ${name}`, 'dpkg', ['-x', archive, 'unpacked'], work);
  await rename(join(work, 'unpacked'), unpacked);
  await rm(work, { recursive: true, force: true });
  return unpacked;
}
