import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {Record<string, unknown>} exports
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/**
 * @typedef {object} Installed a package as an application has it
 * @property {Manifest} manifest
 * @property {string} folder unpacked, inside the application's node_modules
 * @property {string} tarball as npm would publish it
 */

/** @param {string} command @param {readonly string[]} args @param {string} cwd */
export function run(command, args, cwd) {
  return execFileSync(command, [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Packs every package of the workspace and unpacks it into the `node_modules` of an application, beside what the packages declare
 * and nothing else: an undeclared import fails there.
 *
 * @param {string} root of the workspace
 * @param {string} application folder
 * @returns {readonly Installed[]}
 */
export function installPackages(root, application) {
  const modules = join(application, 'node_modules');
  const names = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  const workspaces = names.map((name) => `--workspace=packages/${name}`);
  const packed = run('npm', ['pack', '--silent', '--pack-destination', application, ...workspaces], root);
  const installed = packed
    .trim()
    .split('\n')
    .map((file) => {
      const folder = join(modules, '@delira', file.replace(/^delira-/, '').replace(/-\d+\.\d+\.\d+.*\.tgz$/, ''));
      mkdirSync(folder, { recursive: true });
      const tarball = join(application, file);
      run('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder], application);
      /** @type {Manifest} */
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return { manifest, folder, tarball };
    });

  const declared = installed.flatMap(({ manifest }) =>
    Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  );
  for (const name of new Set([...declared, '@types/node'])) {
    const target = join(modules, name);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), target, 'dir');
  }
  return installed;
}
