import { temporaryFolder } from '@delira/testkit/vitest';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands/commands.js';
import { captured } from './support/captured.js';

describe('the command line', () => {
  it('says what there is', async () => {
    const { code, out, errors } = await captured('--help');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    for (const [name, { summary }] of Object.entries(commands)) expect(out).toContain(`${name.padEnd(9)}${summary}`);
    expect(out).toMatch(/Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted/);
    expect(await captured()).toEqual({ code: 2, out, errors: '' });
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await captured('--version')).toEqual({ code: 0, out: `${version}\n`, errors: '' });
  });

  it.each(Object.entries(commands))('has help with examples for %s', async (name, { help }) => {
    expect(await captured(name, '--help')).toEqual({ code: 0, out: help, errors: '' });
    expect(await captured(name, '-h')).toEqual({ code: 0, out: help, errors: '' });
    expect(await captured('help', name)).toEqual({ code: 0, out: help, errors: '' });
    expect(help).toContain(`\n  delira ${name}`);
  });

  it.each([
    [['trian'], 'There is no command "trian". Did you mean "train"?'],
    [['train'], 'delira train: CONFIG is missing. See delira train --help.'],
    [['train', 'a.yaml', 'b.yaml'], 'delira train: "b.yaml" is one argument too many.'],
    [['train', 'a.yaml', '--otput', 'x'], 'There is no option --otput. Did you mean "output"?'],
    [['train', 'a.yaml', '--set'], "Option '--set <value>' argument missing"],
    [['kfold', 'a.yaml', '--folds', '1'], '--folds must be a whole number of at least 2, got "1".'],
    [['resume', 'run', '--epochs', 'all'], '--epochs must be a whole number of at least 1, got "all".'],
    [['predict', 'run'], 'delira predict: INPUT is missing.'],
    [['predict', 'run', 'a.png'], 'say where predictions are written: -o DIR'],
    [['constructor'], 'There is no command "constructor".'],
  ])('refuses %j', async (args, message) => {
    const { code, out, errors } = await captured(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain(message);
  });

  it('says that there is no run', async () => {
    const folder = join(temporaryFolder(), 'empty');
    mkdirSync(folder);
    for (const args of [
      ['resume', folder],
      ['test', folder],
      ['predict', folder, 'a.png', '-o', 'out'],
    ])
      expect(await captured(...args)).toMatchObject({
        code: 1,
        errors: `There is no experiment in ${folder}: it is no folder with a manifest.json. Check the path.\n`,
      });
  });
});
