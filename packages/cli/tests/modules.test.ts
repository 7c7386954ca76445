import { temporaryFolder } from '@delira/testkit/vitest';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRegistries } from '../src/index.js';
import { loadModule, moduleOfCommandLine, moduleOfConfig } from '../src/session/loadModule.js';
import { captured } from './support/captured.js';
import { CLASSIFICATION, classificationFolder } from './support/data.js';

const OWN = `export function register({ networks, metrics }) { networks.register('Mine', networks.get('ResNet18')); }`;

let folder = '';
let config = '';
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'project'));
  config = join(folder, 'project', 'run.yaml');
  writeFileSync(join(folder, 'project', 'mine.mjs'), OWN);
  writeFileSync(join(folder, 'outside.mjs'), OWN);
});

describe("a config's module", () => {
  it('lies in its folder', async () => {
    expect(await moduleOfConfig('./mine.mjs', config)).toMatch(/project\/mine\.mjs$/);
    expect(await moduleOfConfig(pathToFileURL(join(folder, 'project', 'mine.mjs')).href, config)).toMatch(/mine\.mjs$/);
  });

  it.each([
    '../outside.mjs',
    'sub/../../outside.mjs',
    'link.mjs',
    'linked/outside.mjs',
    '..',
    '.',
    '/etc/passwd',
    '../nowhere.mjs',
    'FILE_OUTSIDE',
  ])('is refused at %s', async (path) => {
    symlinkSync(join(folder, 'outside.mjs'), join(folder, 'project', 'link.mjs'));
    symlinkSync(folder, join(folder, 'project', 'linked'));
    const given = path === 'FILE_OUTSIDE' ? pathToFileURL(join(folder, 'outside.mjs')).href : path;
    await expect(moduleOfConfig(given, config)).rejects.toMatchObject({
      code: 'MODULE',
      message: expect.stringContaining("is not inside of the config's folder"),
    });
  });

  it.each([
    'http://example.org/mine.mjs',
    'https://example.org/mine.mjs',
    'data:text/javascript,export function register() {}',
    'node:fs',
    'npm:left-pad',
    'DATA:text/javascript,1',
  ])('is refused at %s', async (address) => {
    await expect(moduleOfConfig(address, config)).rejects.toMatchObject({
      code: 'MODULE',
      message: expect.stringContaining('it must be a file on this machine'),
    });
    await expect(moduleOfCommandLine(address, folder)).rejects.toMatchObject({ code: 'MODULE' });
  });

  it('must be there', async () => {
    await expect(moduleOfConfig('none.mjs', config)).rejects.toThrow('there is no file');
  });
});

describe('a module', () => {
  it('of the command line lies anywhere, and adds to the registries', async () => {
    const registries = createRegistries();
    await loadModule(await moduleOfCommandLine('outside.mjs', folder), registries);
    expect(registries.networks.names()).toContain('Mine');
  });

  it.each([
    ['export const networks = 1;', 'exports no function register'],
    ['export function register() { throw new Error("broken"); }', 'register() of the module', 'broken'],
    ['import "./not-there.mjs";', 'cannot be imported'],
    ['export function register({ networks }) { networks.register("ResNet18", 1); }', 'already a network'],
  ])('that reads %s is refused', async (text, ...messages) => {
    // Another file each: a module is imported once.
    const file = join(folder, `module${text.length}.mjs`);
    writeFileSync(file, text);
    const loading = loadModule(file, createRegistries());
    for (const message of messages) await expect(loading).rejects.toThrow(message);
  });
});

describe('a run of a module', () => {
  it('asks for it again, and never takes code that its folder names', { timeout: 120_000 }, async () => {
    const project = join(folder, 'project');
    await classificationFolder(project);
    const changed = CLASSIFICATION.replace('ResNet18', 'Mine')
      .replace('type: onnx, options: { threads: 1 }', 'type: reference')
      .replace('epochs: 3', 'epochs: 1');
    writeFileSync(config, `module: mine.mjs\n${changed}`);
    const run = join(folder, 'run');
    const trained = await captured('train', config, '-o', run, '--quiet');
    expect(trained).toMatchObject({ code: 0, errors: '' });
    expect(readFileSync(join(run, 'manifest.json'), 'utf8')).not.toContain('mine.mjs');

    for (const args of [
      ['resume', run],
      ['test', run],
      ['predict', run, project, '-o', join(folder, 'out')],
    ]) {
      const { code, errors } = await captured(...args);
      expect(errors).toContain('give the module again, --module FILE');
      expect(code).toBe(1);
    }
    const module = ['--module', join(project, 'mine.mjs')];
    expect(await captured('test', run, '--quiet', ...module)).toMatchObject({ code: 0, errors: '' });

    // A folder from elsewhere, in which someone has written what code is to run.
    const manifest = join(run, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    interface Written {
      version: number;
      parameters: { fixed: { training: Record<string, unknown> } };
    }
    const forged = async (change: (written: Written) => void): Promise<string> => {
      const written = JSON.parse(text) as Written;
      change(written);
      writeFileSync(manifest, JSON.stringify(written));
      const { code, errors } = await captured('test', run, ...module);
      expect(code).toBe(1);
      return errors;
    };
    expect(
      await forged(({ parameters }) => {
        parameters.fixed.training['module'] = '../outside.mjs';
      }),
    ).toContain('training.module: is not known here.');
    expect(
      await forged(({ parameters }) => {
        parameters.fixed.training['backend'] = 'evil-package';
      }),
    ).toContain('A folder cannot choose what code runs: name it again by --backend evil-package');
    expect(
      await forged((written) => {
        written.version = 99;
      }),
    ).toContain('holds an experiment of format version 99; this program knows version 1');
  });
});
