import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from './request.mjs';
import { filesOf } from './files.mjs';

/** @typedef {import('./request.mjs').Request} Request */

/**
 * @typedef {object} PackageJson
 * @property {string} name
 * @property {string} version
 * @property {string} [description]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {{ readonly name?: string, readonly tags?: readonly string[] }} [nx]
 */

/**
 * @param {string} root
 * @param {string} folder
 * @returns {PackageJson}
 */
export const readPackage = (root, folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

/** Folders of all published packages, from the workspace root. @param {string} root */
export function packageFolders(root) {
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json'))).sort();
}

/**
 * Writes every file of a new package that does not exist yet.
 *
 * @param {string} root
 * @param {Request} request
 * @returns {readonly string[]} the paths written, from the workspace root
 */
export function createPackage(root, request) {
  if (existsSync(join(root, request.folder, 'package.json')))
    throw new UsageError(`${request.folder} exists already. Choose another name, or edit its files.`);
  /** @param {string} name */
  const versionOf = (name) => {
    if (!existsSync(join(root, 'packages', name, 'package.json')))
      throw new UsageError(`@delira/${name} does not exist. Create packages/${name} first.`);
    return readPackage(root, `packages/${name}`).version;
  };
  const license = readFileSync(join(root, 'LICENSE'), 'utf8');
  const written = [];
  for (const [path, text] of filesOf(request, { versionOf, license })) {
    const target = join(root, request.folder, path);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    written.push(`${request.folder}/${path}`);
  }
  return written;
}
