import { writeFileAtomic } from '@delira/io';
import { basename, extname, join, resolve } from 'node:path';
import { drawLearningRates } from '../drawLearningRates.js';
import { openSession } from '../session/beginSession.js';
import { shown } from '../shown.js';
import { UsageError } from '../UsageError.js';
import type { Command } from './Command.js';
import { runOptions, runOptionsHelp } from './common.js';
import { parseCommand, wholeNumber } from './parseCommand.js';

export const findLr: Command = {
  summary: 'looks for a learning rate',
  help: `Looks for a learning rate: trains a step with each of growing ones, and suggests the one at which the smoothed loss falls fastest, as
PyTorch Lightning's lr_find does. Nothing is kept of the training.

  delira find-lr CONFIG [--set PATH=VALUE]… [-o FILE]

  CONFIG             YAML or JSON
  --set PATH=VALUE   another value; may be given several times
  --steps N          rates to try, a batch each; default 100
  --minimum RATE     the first one; default 1e-8
  --maximum RATE     the last one; default 1
  --hyper NAME       which rate, where there are several: gen.lr
  --loss NAME        which value of a step is the loss, where it is not loss: lossG
  -o, --output FILE  rates and losses as CSV, and beside it as SVG; default runs/, the config's name and -lr.csv
${runOptionsHelp}

  delira find-lr pets.yaml
  delira find-lr pets.yaml --steps 200 --maximum 0.1
`,
  async run(args, { print, stream }) {
    const { values, positionals } = parseCommand(
      args,
      {
        ...runOptions,
        set: { type: 'string', multiple: true },
        output: { type: 'string', short: 'o' },
        steps: { type: 'string' },
        minimum: { type: 'string' },
        maximum: { type: 'string' },
        hyper: { type: 'string' },
        loss: { type: 'string' },
      },
      { positionals: ['CONFIG'], command: 'find-lr' },
    );
    const { module, backend: name, quiet, set: assignments = [], hyper, loss } = values;
    const [config] = positionals as [string];
    const csv = resolve(values.output ?? join('runs', `${basename(config, extname(config))}-lr.csv`));
    const options = {
      ...(values.steps === undefined ? {} : { steps: wholeNumber('find-lr', 'steps', values.steps, 2) }),
      ...rate('minimum', values.minimum),
      ...rate('maximum', values.maximum),
      ...(hyper === undefined ? {} : { hyper }),
      ...(loss === undefined ? {} : { loss }),
    };
    const opened = await openSession({ config, assignments, module, backend: name, quiet, stream });
    const { session, facts, backend, parts } = opened;
    try {
      const trainer = session.trainer(facts, backend);
      const loader = await session.data.loader(parts.train, 'train', opened.config.seed, facts);
      session.closing(() => loader.dispose());
      const found = await trainer.findLearningRate(loader, options);
      const { rates, losses, suggestion } = found;
      const rows = rates.map((each, step) => `${each},${losses[step]}`);
      await writeFileAtomic(csv, ['rate,loss', ...rows].map((row) => `${row}\n`).join(''));
      const picture = `${csv.slice(0, csv.length - extname(csv).length)}.svg`;
      await writeFileAtomic(picture, drawLearningRates(found));
      const files = `${shown(csv)}\n${shown(picture)}\n`;
      if (suggestion === null) {
        print(`no suggestion: ${rates.length} steps are too few to tell. Try more: --steps 100\n${files}`);
        return 1;
      }
      const path = hyper === undefined || hyper === 'default.lr' ? 'optimizer.options.lr' : `the rate ${hyper}`;
      print(`${path}=${suggestion.toPrecision(3)}\n${files}`);
      return 0;
    } finally {
      await session.close();
    }
  },
};

function rate(option: 'minimum' | 'maximum', text: string | undefined): Readonly<Record<string, number>> {
  if (text === undefined) return {};
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return { [option]: value };
  throw new UsageError(`delira find-lr: --${option} must be a number above 0, got "${text}".`);
}
