import { InputError } from '@delira/core';
import { resolve } from 'node:path';
import { reopenSession } from '../session/reopenSession.js';
import { UsageError } from '../UsageError.js';
import { shown } from '../shown.js';
import type { Command } from './Command.js';
import { runOptions, runOptionsHelp, table } from './common.js';
import { parseCommand, wholeNumber } from './parseCommand.js';

export const test: Command = {
  summary: 'tests a trained network',
  help: `Losses and metrics of a trained network on its config's test set, or on other data; also written to the run's test.json.

  delira test RUN [options]

  RUN                folder of the run
  --data FOLDER      other data of the same form
  --fold K           which network of a cross-validation
  --checkpoint NAME  best (the default), last, or a file
  --root DIR         where relative paths of the data start, if it has moved
${runOptionsHelp}

  delira test runs/digits
  delira test runs/digits --data other/digits --checkpoint last
`,
  async run(args, { print, stream }) {
    const { values, positionals } = parseCommand(
      args,
      {
        ...runOptions,
        data: { type: 'string' },
        fold: { type: 'string' },
        checkpoint: { type: 'string', default: 'best' },
        root: { type: 'string' },
      },
      { positionals: ['RUN'], command: 'test' },
    );
    const { module, backend, quiet, root, data, checkpoint } = values;
    const fold = values.fold === undefined ? null : wholeNumber('test', 'fold', values.fold, 0);
    const reopened = await reopenSession({
      run: positionals[0]!,
      module,
      backend,
      root,
      quiet,
      stream,
      training: false,
    });
    const { session, experiment, manifest, recorded, folder } = reopened;
    try {
      if (manifest.task.kind === 'kfold' && fold === null)
        throw new UsageError(
          `delira test: ${shown(folder)} holds a cross-validation, whose results are in ${shown(folder)}/results.txt. To test one of its networks say which: --fold 0 … --fold ${manifest.task.folds - 1}.`,
        );
      const dataset =
        data === undefined
          ? (await reopened.loadParts()).test
          : await session.data.elsewhere(resolve(data), recorded.data);
      if (dataset === null)
        throw new InputError(
          'The config names no test set. Give --data FOLDER, or train with a config that has test: 0.2, or test: and the description of a dataset.',
        );
      print(table(await experiment.test(dataset, { fold, checkpoint })));
      return 0;
    } finally {
      await session.close();
    }
  },
};
