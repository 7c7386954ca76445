import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ENGINES, exportsOf, scriptsOf } from './files.mjs';
import { lockFileProblems } from './lockFile.mjs';
import { readmeWithTable } from './table.mjs';
import { packageFolders, readPackage } from './workspace.mjs';

const FILES = ['LICENSE', 'README.md', 'tsconfig.json', 'tsup.config.ts', 'vitest.config.ts', 'src/index.ts'];

/** What one package has that the generator would not have written. @param {string} root @param {string} folder */
function* packageProblems(root, folder) {
  const json = readPackage(root, folder);
  const name = basename(folder);
  const entries = Object.keys(json.exports ?? {}).filter((key) => key !== '.' && key !== './package.json');
  const expected = {
    name: `@delira/${name}`,
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    engines: ENGINES,
    files: ['dist', 'src'],
    exports: exportsOf(entries.map((entry) => entry.slice('./'.length))),
  };
  for (const [key, value] of Object.entries(expected)) {
    const actual = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (json))[key];
    if (!isDeepStrictEqual(actual, value))
      yield `${folder}/package.json: "${key}" is ${JSON.stringify(actual)}, expected ${JSON.stringify(value)}.`;
  }
  for (const [script, command] of Object.entries(scriptsOf(false))) {
    const actual = json.scripts?.[script];
    if (actual !== command)
      yield `${folder}/package.json: script "${script}" is ${JSON.stringify(actual)}, expected ${JSON.stringify(command)}.`;
  }
  if (json.nx?.name !== name) yield `${folder}/package.json: "nx.name" is ${json.nx?.name}, expected ${name}.`;
  for (const tag of ['layer:', 'kind:'])
    if (!json.nx?.tags?.some((candidate) => candidate.startsWith(tag)))
      yield `${folder}/package.json: "nx.tags" has no ${tag}… tag, so no import rule would hold for it.`;
  if (!json.description) yield `${folder}/package.json: "description" is empty.`;
  for (const file of FILES) if (!existsSync(join(root, folder, file))) yield `${folder}/${file} is missing.`;
}

/** A range that a workspace package does not satisfy would be fetched from the registry. @param {string} root @param {string} folder */
function* rangeProblems(root, folder) {
  const json = readPackage(root, folder);
  for (const [name, range] of Object.entries({ ...json.dependencies, ...json.devDependencies })) {
    if (!name.startsWith('@delira/')) continue;
    const path = `packages/${name.slice('@delira/'.length)}`;
    const version = existsSync(join(root, path)) ? readPackage(root, path).version : undefined;
    if (range !== `^${version}`) yield `${folder}/package.json: ${name} is "${range}", expected "^${version}".`;
  }
}

/**
 * Everything in which a package departs from what the generator writes, and every generated list that is out of date.
 *
 * @param {string} root
 * @returns {readonly string[]}
 */
export function checkWorkspace(root) {
  const problems = [];
  const license = readFileSync(join(root, 'LICENSE'), 'utf8');
  for (const folder of packageFolders(root)) {
    problems.push(...packageProblems(root, folder), ...rangeProblems(root, folder));
    const own = join(root, folder, 'LICENSE');
    if (existsSync(own) && readFileSync(own, 'utf8') !== license)
      problems.push(`${folder}/LICENSE differs from the LICENSE of the workspace.`);
  }
  const { current, wanted } = readmeWithTable(root);
  if (current !== wanted) problems.push('README.md: the package table is out of date. Run: npm run generate -- --sync');
  problems.push(...lockFileProblems(root));
  return problems;
}
