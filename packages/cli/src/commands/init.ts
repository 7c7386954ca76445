import { didYouMean } from '@delira/core';
import { writeFile } from 'node:fs/promises';
import { templates } from '../config/templates.js';
import { UsageError } from '../UsageError.js';
import type { Command } from './Command.js';
import { parseCommand } from './parseCommand.js';

export const init: Command = {
  summary: 'writes a config to begin with',
  help: `Writes a commented config to begin with: to the standard output, or into a new file.

  delira init [classification|segmentation] [-o FILE]

  -o, --output FILE  a file that does not exist yet

  delira init classification -o pets.yaml
  delira init segmentation > lobes.yaml
`,
  async run(args, { print }) {
    const { values, positionals } = parseCommand(
      args,
      { output: { type: 'string', short: 'o' } },
      { positionals: ['[KIND]'], command: 'init' },
    );
    const [kind = 'classification'] = positionals;
    const names = Object.keys(templates);
    if (!Object.hasOwn(templates, kind))
      throw new UsageError(
        `delira init: there is no template "${kind}".${didYouMean(kind, names)} There is: ${names.join(', ')}.`,
      );
    const text = templates[kind as keyof typeof templates];
    const { output } = values;
    if (output === undefined) print(text);
    else
      try {
        await writeFile(output, text, { flag: 'wx' });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new UsageError(`delira init: ${output} cannot be written: ${reason}`, { cause });
      }
    return 0;
  },
};
