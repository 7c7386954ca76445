import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './install.mjs';

/** @typedef {import('./install.mjs').Installed} Installed */

const pnpm = join(dirname(createRequire(import.meta.url).resolve('pnpm')), 'bin/pnpm.cjs');

/** Prints the backend that is found, or the error. */
const RESOLVE = `
import { resolveBackend } from '@delira/core/discover';
try {
  const backend = await resolveBackend();
  console.log(backend.name);
  await backend.dispose();
} catch (error) {
  console.log(error.code + ': ' + error.message);
}`;

/**
 * An application as pnpm lays it out, from packed packages alone and without a network: every package sees what it declares and nothing
 * else.
 *
 * @param {object} options
 * @param {string} options.folder is made; nothing may be there
 * @param {readonly Installed[]} options.packed every package of the workspace
 * @param {readonly string[]} options.packages what the application depends on
 * @param {Readonly<Record<string, string>>} [options.linked] packages from elsewhere, by the folder they lie in
 * @param {Readonly<Record<string, string>>} [options.outside] the same, but copied: what they depend on is packed, too
 */
export function installWithPnpm({ folder, packed, packages, linked = {}, outside = {} }) {
  const tarballs = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const links = Object.fromEntries(Object.entries(linked).map(([name, path]) => [name, `link:${path}`]));
  const copied = Object.fromEntries(Object.entries(outside).map(([name, path]) => [name, `file:${path}`]));
  const chosen = Object.fromEntries(packages.map((name) => [name, tarballs[name]]));
  mkdirSync(folder);
  const manifest = {
    name: 'application',
    private: true,
    type: 'module',
    dependencies: { ...chosen, ...links, ...copied },
    pnpm: { overrides: tarballs },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  run(
    process.execPath,
    [pnpm, 'install', '--offline', '--ignore-scripts', '--config.auto-install-peers=false', '--store-dir=store'],
    folder,
  );
}

/**
 * A backend from outside of this workspace, `tiny-backend`, passes conformance with nothing but packed packages.
 *
 * @param {readonly Installed[]} packed
 * @returns {string} how many cases passed
 */
export function checkTinyBackend(packed) {
  const application = mkdtempSync(join(tmpdir(), 'delira-tiny-'));
  const source = join(dirname(fileURLToPath(import.meta.url)), 'tiny-backend');
  try {
    const folder = join(application, 'app');
    const packages = ['@delira/core', '@delira/backend-conformance'];
    installWithPnpm({ folder, packed, packages, outside: { 'tiny-backend': source } });
    copyFileSync(join(source, 'conformance.mjs'), join(folder, 'conformance.mjs'));
    return run(process.execPath, ['conformance.mjs'], folder).trim();
  } finally {
    rmSync(application, { recursive: true, force: true });
  }
}

/**
 * Discovery in pnpm's strict layout, where core sees no backend and a backend sees no engine unless it is declared.
 *
 * @param {string} root of the workspace
 * @param {readonly Installed[]} packed
 */
export function checkDiscovery(root, packed) {
  // Not inside another application: its packages would be found as well.
  const applications = mkdtempSync(join(tmpdir(), 'delira-pnpm-'));
  const onnx = '@delira/backend-onnx-training';
  const engine = { 'onnxruntime-node': join(root, 'node_modules/onnxruntime-node') };
  /** @type {readonly { name: string, packages: readonly string[], linked?: Record<string, string>, expected: RegExp }[]} */
  const cases = [
    { name: 'none', packages: [], expected: /^MISSING_PACKAGE: .*Install one: npm install @delira\/backend-onnx/ },
    { name: 'best', packages: ['@delira/backend-reference', onnx], linked: engine, expected: /^onnx-training$/ },
    { name: 'other', packages: ['@delira/backend-reference'], expected: /^reference$/ },
    { name: 'engineless', packages: [onnx], expected: /^MISSING_PACKAGE: .*npm install onnxruntime-node/ },
  ];
  try {
    for (const { name, packages, linked = {}, expected } of cases) {
      const folder = join(applications, `pnpm-${name}`);
      installWithPnpm({ folder, packed, packages: ['@delira/core', ...packages], linked });
      if (existsSync(join(folder, 'node_modules/@delira/onnx')))
        throw new Error('pnpm hoisted what the application does not depend on: this layout proves nothing.');
      writeFileSync(join(folder, 'resolve.mjs'), RESOLVE);
      const printed = run(process.execPath, ['resolve.mjs'], folder).trim();
      if (!expected.test(printed)) throw new Error(`resolveBackend() with pnpm, ${name}: got "${printed}".`);
    }
  } finally {
    rmSync(applications, { recursive: true, force: true });
  }
}
