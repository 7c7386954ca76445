import { DCGAN } from '@delira/models-gan';
import { networkModel, type PredictionModel, Predictor } from '@delira/prediction';
import type { Trainer } from '@delira/training';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataSource, InputCase } from '../data/DataSource.js';
import { predictInputs } from '../prediction/predictInputs.js';
import { windowOf } from '../prediction/windowsOf.js';
import type { AnyTensors } from '../registries/Registries.js';
import { type Reopened, reopenSession } from '../session/reopenSession.js';
import { UsageError } from '../UsageError.js';
import { shown } from '../shown.js';
import type { Command } from './Command.js';
import { runOptions, runOptionsHelp } from './common.js';
import { parseCommand, wholeNumber } from './parseCommand.js';

export const predict: Command = {
  summary: 'predicts images or volumes with a trained network',
  help: `Predicts images or volumes with a trained network; of a cross-validation with the mean of its networks.

  delira predict RUN INPUT… -o DIR

  RUN                folder of the run
  INPUT              a file, or a folder of files or cases, as the config's dataset has them
  -o, --output DIR   what is written: predictions.csv and .json with the probability of each class; of a segmentation one NIfTI
                     file (in the input's geometry) or PNG for each input, with the numbers of the classes
  --fold K           one network of a cross-validation alone
  --checkpoint NAME  best (the default), last, or a file
${runOptionsHelp}

Segmentations are made of windows that overlap when the config has prediction.window.

  delira predict runs/pets photo.png album/ -o predictions
  delira predict runs/lobes t1.nii.gz -o segmentations
`,
  async run(args, { print, stream }) {
    const { values, positionals } = parseCommand(
      args,
      {
        ...runOptions,
        output: { type: 'string', short: 'o' },
        fold: { type: 'string' },
        checkpoint: { type: 'string', default: 'best' },
      },
      { positionals: ['RUN', 'INPUT…', '[INPUT…]'], command: 'predict' },
    );
    const { module, backend: name, quiet, output, checkpoint } = values;
    if (output === undefined)
      throw new UsageError('delira predict: say where predictions are written: -o DIR. See delira predict --help.');
    const fold = values.fold === undefined ? null : wholeNumber('predict', 'fold', values.fold, 0);
    const [run, ...paths] = positionals;
    const reopened = await reopenSession({ run: run!, module, backend: name, quiet, stream, training: false });
    const { session, config, recorded } = reopened;
    const closing: (() => Promise<void>)[] = [];
    try {
      const { source } = session.data;
      const cases = await casesOf(paths, source);
      const models: PredictionModel[] = [];
      for (const each of foldsOf(reopened, fold)) {
        const trainer = await reopened.experiment.trainer({ fold: each, checkpoint });
        closing.push(() => trainer.dispose());
        if (session.network instanceof DCGAN)
          throw new UsageError(
            `delira predict: ${shown(reopened.folder)} holds a DCGAN, which makes images of noise, not of images. Draw some in a program: see Generative networks in the README of @delira/cli.`,
          );
        models.push(await modelOf(reopened, trainer));
      }
      const window = windowOf(config.prediction);
      const { mirrorAxes } = config.prediction;
      const predictor = new Predictor({
        models,
        activation: 'softmax',
        mirrorAxes,
        ...(window === null ? {} : { window }),
      });
      closing.push(() => predictor.dispose());
      const written = await predictInputs({
        source,
        facts: recorded.data,
        preprocessing: session.data.transform(null, recorded.data),
        predictor,
        cases,
        output: resolve(output),
        progress: session.progress,
      });
      print(written.map((path) => `${shown(path)}\n`).join(''));
      return 0;
    } finally {
      for (const close of closing.reverse()) await close();
      await session.close();
    }
  },
};

/** @throws UsageError when two inputs would be written into one file. */
async function casesOf(paths: readonly string[], source: DataSource): Promise<readonly InputCase[]> {
  const cases: InputCase[] = [];
  for (const path of paths) cases.push(...(await source.inputs(path)));
  if (source.task === 'classification') return cases;
  const twice = cases.find(({ name }, index) => cases.findIndex((other) => other.name === name) < index);
  if (twice === undefined) return cases;
  throw new UsageError(
    `delira predict: two inputs are called ${twice.name}, and would be written into one file. Predict them into two folders.`,
  );
}

/** Those that are asked for, or all that have a checkpoint. */
function foldsOf({ manifest, folder }: Reopened, fold: number | null): readonly (number | null)[] {
  const { task } = manifest;
  if (task.kind !== 'kfold' || fold !== null) return [fold];
  const trained = Array.from({ length: task.folds }, (_, index) => index).filter((index) =>
    existsSync(join(folder, `fold-${index}`, 'result.json')),
  );
  return trained.length === 0 ? [0] : trained;
}

async function modelOf(
  { session, backend }: Reopened,
  trainer: Trainer<AnyTensors, AnyTensors>,
): Promise<PredictionModel> {
  return networkModel({
    backend,
    network: session.network,
    state: await trainer.state(),
    trace: (signature) => trainer.tracePredict(signature),
  });
}
