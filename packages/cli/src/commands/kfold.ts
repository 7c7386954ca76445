import { ConfigError } from '../config/ConfigError.js';
import { beginSession } from '../session/beginSession.js';
import { inCommands } from '../session/occupied.js';
import type { Command } from './Command.js';
import { conclusion, exitCode, runOptions, runOptionsHelp, tableOf } from './common.js';
import { parseCommand, wholeNumber } from './parseCommand.js';

export const kfold: Command = {
  summary: 'cross-validates what a config names',
  help: `Cross-validates what a config names: trains once for each fold on the others, tests on it, and prints the table of results. A
validation set is taken from the training samples of each fold, so that no test sample selects anything.

  delira kfold CONFIG [--folds K] [--set PATH=VALUE]… [-o RUN]

  CONFIG             YAML or JSON
  --folds K          default: the config's kfold.folds, 5
  --set PATH=VALUE   another value; may be given several times
  -o, --output RUN   folder of the run; default runs/ and the config's name
${runOptionsHelp}

  delira kfold lobes.yaml --folds 3
`,
  async run(args, { print, stream }) {
    const { values, positionals } = parseCommand(
      args,
      {
        ...runOptions,
        set: { type: 'string', multiple: true },
        output: { type: 'string', short: 'o' },
        folds: { type: 'string' },
      },
      { positionals: ['CONFIG'], command: 'kfold' },
    );
    const { module, backend, quiet, output, set: assignments = [], folds } = values;
    const number = folds === undefined ? [] : [`kfold.folds=${wholeNumber('kfold', 'folds', folds, 2)}`];
    const begun = await beginSession({
      config: positionals[0]!,
      assignments: [...assignments, ...number],
      output,
      module,
      backend,
      quiet,
      stream,
    });
    const { session, experiment, parts, folder, config } = begun;
    try {
      const known = parts.all.targets !== undefined;
      const { stratify = known, ...options } = config.kfold;
      if (stratify && !known && session.data.source.task === 'segmentation')
        throw new ConfigError(
          `${positionals[0]!}: kfold.stratify is true, but a case of a segmentation has no class that could be evenly spread. Leave it out, or set it to false.`,
        );
      const result = stratify
        ? await experiment.stratifiedKfold(parts.all, options)
        : await experiment.kfold(parts.all, options);
      print(tableOf(result) + conclusion(result, folder));
      return exitCode(result);
    } catch (error) {
      throw inCommands(error, folder);
    } finally {
      await session.close();
    }
  },
};
