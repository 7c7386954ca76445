import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findBackends, knownBackends, resolveBackend } from '../src/discover/index.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'delira-discover-'));
  vi.stubEnv('DELIRA_BACKEND', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

/** Writes a package whose backend carries `label` and the options it got. */
function writePackage(folder: string, name: string, label: string, manifest: object = {}): void {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name, version: '1.2.3', type: 'module', exports, ...manifest }),
  );
  writeFileSync(
    join(folder, 'dist', 'index.js'),
    `export const createBackend = (options) => Promise.resolve({ name: '${label}', options });\n`,
  );
}

function install(name: string, label: string, manifest?: object): void {
  writePackage(join(root, 'node_modules', name), name, label, manifest);
}

describe('findBackends', () => {
  it('finds nothing in an empty application', () => {
    expect(findBackends({ from: root })).toEqual([]);
  });

  it('lists what is installed, best first, with versions', () => {
    install('@delira/backend-reference', 'reference');
    install('@delira/backend-onnx-training', 'onnx');
    expect(findBackends({ from: root }).map(({ name, version }) => [name, version])).toEqual([
      ['onnx', '1.2.3'],
      ['reference', '1.2.3'],
    ]);
  });

  it('looks in the folders above, as Node does', () => {
    install('@delira/backend-reference', 'reference');
    const nested = join(root, 'apps', 'train');
    mkdirSync(nested, { recursive: true });
    expect(findBackends({ from: nested }).map(({ name }) => name)).toEqual(['reference']);
  });

  it("sees through pnpm's links, whatever core itself can see", async () => {
    const store = join(root, '.pnpm', 'backend-reference@1.2.3', 'node_modules', '@delira', 'backend-reference');
    writePackage(store, '@delira/backend-reference', 'linked');
    const app = join(root, 'app');
    mkdirSync(join(app, 'node_modules', '@delira'), { recursive: true });
    symlinkSync(store, join(app, 'node_modules', '@delira', 'backend-reference'), 'dir');
    expect(findBackends({ from: app })[0]?.entry).toContain('.pnpm');
    expect((await resolveBackend({ from: app })).name).toBe('linked');
    expect(findBackends({ from: root })).toEqual([]);
  });

  it('leaves out a package whose files are missing', () => {
    install('@delira/backend-reference', 'reference', { exports: './dist/nowhere.js' });
    expect(findBackends({ from: root })).toEqual([]);
  });
});

describe('resolveBackend', () => {
  it('takes the best one installed and passes options on', async () => {
    install('@delira/backend-reference', 'reference');
    expect((await resolveBackend({ from: root })).name).toBe('reference');
    install('@delira/backend-onnx-training', 'onnx');
    expect(await resolveBackend({ from: root, options: { threads: 2 } })).toEqual({
      name: 'onnx',
      options: { threads: 2 },
    });
  });

  it('knows which backends train', async () => {
    install('@delira/backend-onnx-inference', 'predicts');
    expect((await resolveBackend({ from: root })).name).toBe('predicts');
    await expect(resolveBackend({ from: root, training: true })).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message: expect.stringMatching(
        /^No backend that trains .*, only onnx-inference\. Install one: (?!.*inference)/,
      ) as string,
    });
    install('@delira/backend-reference', 'reference');
    expect((await resolveBackend({ from: root, training: true })).name).toBe('reference');
  });

  it('takes the one asked for, by name or package', async () => {
    install('@delira/backend-reference', 'reference');
    install('@delira/backend-onnx-training', 'onnx');
    expect((await resolveBackend({ from: root, name: 'reference' })).name).toBe('reference');
    expect((await resolveBackend({ from: root, name: '@delira/backend-reference' })).name).toBe('reference');
  });

  it('lets DELIRA_BACKEND override everything', async () => {
    install('@delira/backend-reference', 'reference');
    install('@delira/backend-onnx-training', 'onnx');
    vi.stubEnv('DELIRA_BACKEND', 'reference');
    expect((await resolveBackend({ from: root, name: 'onnx' })).name).toBe('reference');
  });

  it.each([
    ['an import condition only', { exports: { '.': { import: './dist/index.js' } } }],
    ['nested conditions', { exports: { node: { import: './dist/index.js', require: './dist/no.cjs' } } }],
    ['a string', { exports: './dist/index.js' }],
    ['main', { exports: undefined, main: 'dist/index.js' }],
  ])("takes a third party's package with %s", async (_, manifest) => {
    install('acme-backend', 'acme', manifest);
    expect((await resolveBackend({ from: root, name: 'acme-backend' })).name).toBe('acme');
  });

  it('names the command that installs a backend', async () => {
    await expect(resolveBackend({ from: root })).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message: expect.stringContaining('npm install @delira/backend-onnx-training onnxruntime-node') as string,
    });
    await expect(resolveBackend({ from: root, name: 'tfjs' })).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message: expect.stringContaining(knownBackends[1]!.install) as string,
    });
  });

  it('lists the backends for an unknown name', async () => {
    install('@delira/backend-reference', 'reference');
    await expect(resolveBackend({ from: root, name: 'referenc' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(
        /"referenc".* Did you mean "reference"\? Known: onnx, tfjs, onnx-inference, reference\. Installed: reference\.$/,
      ) as string,
    });
  });

  it('refuses a package that is no backend', async () => {
    install('left-pad', 'none');
    writeFileSync(join(root, 'node_modules', 'left-pad', 'dist', 'index.js'), 'export default 1;\n');
    await expect(resolveBackend({ from: root, name: 'left-pad' })).rejects.toMatchObject({ code: 'ARGUMENT' });
  });
});
