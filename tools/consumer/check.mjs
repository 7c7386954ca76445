import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, run } from './install.mjs';
import { lintPackages } from './lint.mjs';
import { checkDiscovery, checkTinyBackend } from './pnpm.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const application = mkdtempSync(join(tmpdir(), 'delira-consumer-'));

/** @param {import('./install.mjs').Installed} installed */
const entriesOf = ({ manifest }) =>
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
  writeFileSync(join(application, 'import.mjs'), source);
  run(process.execPath, ['import.mjs'], application);
}

/**
 * @param {string} name
 * @param {readonly string[]} entries
 * @param {Record<string, unknown>} options
 */
function typecheck(name, entries, options) {
  const imports = entries.map((entry, index) => `export type * as entry${index} from '${entry}';`);
  writeFileSync(join(application, `${name}.mts`), `${imports.join('\n')}\n`);
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
  writeFileSync(join(application, `${name}.json`), JSON.stringify({ compilerOptions, files: [`${name}.mts`] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', `${name}.json`], application);
}

/** The program that `@delira/cli` brings, where only what it declares is installed. */
function tryCommandLine() {
  const help = run(process.execPath, ['node_modules/@delira/cli/dist/main.js', '--help'], application);
  const report = run(process.execPath, ['node_modules/@delira/cli/dist/main.js', 'doctor'], application);
  if (!help.includes('delira train') || !/^ +cpu +works/m.test(report)) throw new Error(help + report);
}

try {
  const installed = installPackages(root, application);
  const entries = installed.flatMap(entriesOf);
  const peered = installed.filter(({ manifest }) => manifest.peerDependencies).flatMap(entriesOf);
  const plain = entries.filter((entry) => !peered.includes(entry));

  await lintPackages(installed);
  importAll(entries);
  // core serves browsers: its types need neither Node's nor the DOM's. Types of engines are not ours to check.
  typecheck('bare', ['@delira/core'], { skipLibCheck: false });
  typecheck('node', plain, { skipLibCheck: false, types: ['node'] });
  typecheck('peers', peered, { skipLibCheck: true, types: ['node'] });
  checkDiscovery(root, installed);
  console.log(`A backend that knows the packed packages only: ${checkTinyBackend(installed)}.`);
  tryCommandLine();
  console.log(`${entries.length} entry points of ${installed.length} packed packages import and type-check.`);
} catch (error) {
  const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
  console.error(stdout + stderr + (error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
} finally {
  rmSync(application, { recursive: true, force: true });
}
