import { reopenSession } from '../session/reopenSession.js';
import type { Command } from './Command.js';
import { conclusion, exitCode, runOptions, runOptionsHelp, tableOf, table } from './common.js';
import { parseCommand, wholeNumber } from './parseCommand.js';

export const resume: Command = {
  summary: 'goes on with a training or cross-validation',
  help: `Goes on with a training or a cross-validation, as if it had not been interrupted: the weights are the same bit for bit.

  delira resume RUN [options]

  RUN                folder of the run
  --epochs N         another number of epochs in all, to train longer
  --checkpoint FILE  an earlier checkpoint to go on from, where the last one is damaged
  --root DIR         where relative paths of the data start, if it has moved
${runOptionsHelp}

  delira resume runs/digits
  delira resume runs/digits --epochs 40
`,
  async run(args, { print, stream }) {
    const { values, positionals } = parseCommand(
      args,
      {
        ...runOptions,
        epochs: { type: 'string' },
        checkpoint: { type: 'string' },
        root: { type: 'string' },
      },
      { positionals: ['RUN'], command: 'resume' },
    );
    const { module, backend, quiet, root, checkpoint } = values;
    const epochs = values.epochs === undefined ? undefined : wholeNumber('resume', 'epochs', values.epochs, 1);
    const options = {
      ...(epochs === undefined ? {} : { epochs }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
    const opened = await reopenSession({
      run: positionals[0]!,
      module,
      backend,
      root,
      quiet,
      stream,
      training: true,
    });
    const { session, experiment, manifest, folder } = opened;
    try {
      const { all, train, val } = await opened.loadParts();
      if (manifest.task.kind === 'kfold') {
        const result = await experiment.resume(all, options);
        print(tableOf(result) + conclusion(result, folder));
        return exitCode(result);
      }
      const datasets = { train, ...(val === null ? {} : { val }) };
      const result =
        manifest.task.kind === 'created' ? await experiment.run(datasets) : await experiment.resume(datasets, options);
      print(table(result.history.at(-1) ?? {}) + conclusion(result, folder));
      return exitCode(result);
    } finally {
      await session.close();
    }
  },
};
