import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} LockFile
 * @property {Record<string, { readonly version?: string, readonly optionalDependencies?: Record<string, string> }>} packages
 */

/** Where Node looks for a dependency of the package at `path`, nearest first. @param {string} path @param {string} name */
function placesOf(path, name) {
  const places = [`node_modules/${name}`];
  for (let folder = path; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/'))))
    places.unshift(`${folder}/node_modules/${name}`);
  return places;
}

/**
 * Optional dependencies that `package-lock.json` names but does not contain: npm leaves out, without a word, what the
 * registry did not have when the lock file was written, and `npm ci` then refuses the file.
 *
 * @param {string} root
 * @returns {readonly string[]}
 */
export function lockFileProblems(root) {
  const path = join(root, 'package-lock.json');
  if (!existsSync(path)) return [];
  /** @type {LockFile} */
  const { packages } = JSON.parse(readFileSync(path, 'utf8'));
  const problems = [];
  for (const [owner, { version, optionalDependencies = {} }] of Object.entries(packages))
    for (const name of Object.keys(optionalDependencies))
      if (!placesOf(owner, name).some((place) => place in packages))
        problems.push(
          `package-lock.json: ${owner} ${version ?? ''} needs ${name}, which is missing. Choose an older release of it, then: ` +
            'rm -rf node_modules package-lock.json && npm install',
        );
  return problems;
}
