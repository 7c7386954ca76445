import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {Record<string, unknown>} exports
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'delira-consumer-'));
const modules = join(folder, 'node_modules');

/** @param {string} path @returns {Manifest} */
const manifestOf = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

/** @param {string} command @param {readonly string[]} args @param {string} cwd */
function run(command, args, cwd) {
  return execFileSync(command, [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs every package as npm would publish it, and unpacks it where an application would have it. */
function installPackages() {
  const folders = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  const workspaces = folders.map((name) => `--workspace=packages/${name}`);
  const packed = run('npm', ['pack', '--silent', '--pack-destination', folder, ...workspaces], root);
  for (const tarball of packed.trim().split('\n')) {
    const target = join(modules, '@delira', tarball.replace(/^delira-/, '').replace(/-\d+\.\d+\.\d+.*\.tgz$/, ''));
    mkdirSync(target, { recursive: true });
    run('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', target], folder);
  }
  return readdirSync(join(modules, '@delira')).map((name) => manifestOf(join(modules, '@delira', name)));
}

/** Links what the packages declare and nothing else, so that an undeclared import fails. @param {string} name */
function linkDependency(name) {
  const target = join(modules, name);
  if (name.startsWith('@delira/') || existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), target, 'dir');
}

/** @param {Manifest} manifest */
const entriesOf = (manifest) =>
  Object.keys(manifest.exports)
    .filter((key) => key !== './package.json')
    .map((key) => manifest.name + key.slice(1));

/** @param {readonly string[]} entries */
function importAll(entries) {
  const source = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const entry of ${JSON.stringify(entries)}) {
  const imported = await import(entry);
  if (require(entry) !== imported) throw new Error(entry + ': require() and import() give two copies');
}`;
  writeFileSync(join(folder, 'import.mjs'), source);
  run(process.execPath, ['import.mjs'], folder);
}

/**
 * @param {string} name
 * @param {readonly string[]} entries
 * @param {Record<string, unknown>} options
 */
function typecheck(name, entries, options) {
  const imports = entries.map((entry, index) => `export type * as entry${index} from '${entry}';`);
  writeFileSync(join(folder, `${name}.mts`), `${imports.join('\n')}\n`);
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2022'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: [],
    ...options,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ compilerOptions, files: [`${name}.mts`] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', `${name}.json`], folder);
}

try {
  const manifests = installPackages();
  for (const manifest of manifests)
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) linkDependency(name);
  linkDependency('@types/node');
  const entries = manifests.flatMap(entriesOf);
  const peered = manifests.filter((manifest) => manifest.peerDependencies).flatMap(entriesOf);

  importAll(entries);
  // core serves browsers: its types need neither Node's nor the DOM's. Types of engines are not ours to check.
  typecheck('bare', ['@delira/core'], { skipLibCheck: false });
  typecheck(
    'node',
    entries.filter((entry) => !peered.includes(entry)),
    { skipLibCheck: false, types: ['node'] },
  );
  typecheck('peers', peered, { skipLibCheck: true, types: ['node'] });
  console.log(`${entries.length} entry points of ${manifests.length} packed packages import and type-check.`);
} catch (error) {
  const { stdout, stderr } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
  console.error(stdout ?? '', stderr ?? '', error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
