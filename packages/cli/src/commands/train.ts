import { beginSession } from '../session/beginSession.js';
import { inCommands } from '../session/occupied.js';
import type { Command } from './Command.js';
import { conclusion, exitCode, runOptions, runOptionsHelp, table } from './common.js';
import { parseCommand } from './parseCommand.js';

export const train: Command = {
  summary: 'trains what a config names',
  help: `Trains what a config names, in a folder of its own. Ctrl-C saves; delira resume goes on.

  delira train CONFIG [--set PATH=VALUE]… [-o RUN]

  CONFIG             YAML or JSON; delira init writes one to begin with
  --set PATH=VALUE   another value, as training.epochs=20; may be given several times
  -o, --output RUN   folder of the run; default runs/ and the config's name
${runOptionsHelp}

  delira train digits.yaml
  delira train digits.yaml --set training.epochs=20 --set optimizer.options.lr=3e-4 -o runs/slow
`,
  async run(args, { print, stream }) {
    const { values, positionals } = parseCommand(
      args,
      { ...runOptions, set: { type: 'string', multiple: true }, output: { type: 'string', short: 'o' } },
      { positionals: ['CONFIG'], command: 'train' },
    );
    const { module, backend, quiet, output, set: assignments = [] } = values;
    const begun = await beginSession({
      config: positionals[0]!,
      assignments,
      output,
      module,
      backend,
      quiet,
      stream,
    });
    const { session, experiment, parts, folder } = begun;
    try {
      const { train: samples, val } = parts;
      const result = await experiment.run({ train: samples, ...(val === null ? {} : { val }) });
      print(table(result.history.at(-1) ?? {}) + conclusion(result, folder));
      return exitCode(result);
    } catch (error) {
      throw inCommands(error, folder);
    } finally {
      await session.close();
    }
  },
};
