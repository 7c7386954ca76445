import { createRng, formatShape, InputError, type NDArray, sameShape, type Shape } from '@delira/core';
import type { Transform } from '@delira/data-loading';
import { type Volume, volume } from '@delira/imaging';
import { saveImage, saveVolume, writeFileAtomic } from '@delira/io';
import type { ProgressBar } from '@delira/logging';
import { type Predictor, toLabels } from '@delira/prediction';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource, InputCase } from '../data/DataSource.js';
import { toShape } from '../data/resampled.js';
import type { DataFacts } from '../registries/Registries.js';

export interface PredictInputsOptions {
  readonly source: DataSource;
  readonly facts: DataFacts;
  readonly preprocessing: Transform;
  readonly predictor: Predictor;
  readonly cases: readonly InputCase[];
  /** Folder of what is written. */
  readonly output: string;
  readonly progress: ProgressBar | false;
}

/** Predicts the cases one by one, so that memory does not grow with their number. Gives the paths of what was written. */
export async function predictInputs(options: PredictInputsOptions): Promise<readonly string[]> {
  await mkdir(options.output, { recursive: true });
  return options.source.task === 'classification' ? classify(options) : segment(options);
}

interface Row {
  readonly file: string;
  readonly class: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** The class of each input with the probability of every class; those before an input that cannot be read, too. */
async function classify(options: PredictInputsOptions): Promise<readonly string[]> {
  const { facts, output } = options;
  const { classes } = facts;
  const rows: Row[] = [];
  try {
    for await (const { input, scores } of predictions(options)) {
      const probabilities = Array.from(scores.data);
      const best = probabilities.indexOf(Math.max(...probabilities));
      rows.push({
        file: input.files.join(' '),
        class: classes[best]!,
        probabilities: Object.fromEntries(classes.map((name, label) => [name, probabilities[label]!])),
      });
    }
  } catch (error) {
    if (rows.length > 0) await writeRows(rows, classes, output);
    throw error;
  }
  return writeRows(rows, classes, output);
}

/** `predictions.csv` and `predictions.json`. */
async function writeRows(rows: readonly Row[], classes: readonly string[], output: string): Promise<readonly string[]> {
  const header = ['file', 'class', ...classes];
  const lines = rows.map((row) => [row.file, row.class, ...classes.map((name) => row.probabilities[name]!.toFixed(6))]);
  const csv = [header, ...lines].map((cells) => cells.map(cell).join(',')).join('\n');
  const [table, json] = [join(output, 'predictions.csv'), join(output, 'predictions.json')];
  await writeFileAtomic(table, `${csv}\n`);
  await writeFileAtomic(json, `${JSON.stringify(rows, null, 2)}\n`);
  return [table, json];
}

/** The class of each pixel or voxel: a NIfTI file in the input's geometry, or a PNG whose values are the numbers of the classes. */
async function segment(options: PredictInputsOptions): Promise<readonly string[]> {
  const written: string[] = [];
  for await (const { input, scores, loaded } of predictions(options)) {
    if (loaded.volume !== null) {
      const { spacing, origin, direction } = loaded.volume;
      const labels = toLabels(inPlace(scores, loaded.data, loaded.volume, input));
      const path = join(options.output, `${input.name}.nii.gz`);
      await saveVolume(path, volume(labels, { spacing, origin, direction }));
      written.push(path);
    } else {
      const path = join(options.output, `${input.name}.png`);
      await saveImage(path, toLabels(scores));
      written.push(path);
    }
  }
  return written;
}

/**
 * The scores with the voxels of the file that was read.
 *
 * @throws InputError when the preprocessing has cut or padded the volume.
 */
function inPlace(scores: NDArray, data: NDArray, { array }: Volume, { name }: InputCase): NDArray {
  const spatial = ({ shape }: NDArray): Shape => shape.slice(-3);
  const [predicted, read, wanted] = [spatial(scores), spatial(data), spatial(array)] as const;
  if (!sameShape(predicted, read))
    throw new InputError(
      `${name}: the preprocessing makes ${formatShape(predicted)} voxels of ${formatShape(read)}, so that a prediction has no place in the file's geometry. Give the dataset the option spacing instead of Resize, and prediction.window instead of crops and padding; crops for training belong into transforms.train.`,
    );
  return sameShape(read, wanted) ? scores : toShape(scores, wanted, 'linear');
}

interface Predicted {
  readonly input: InputCase;
  readonly loaded: Awaited<ReturnType<DataSource['read']>>;
  readonly scores: NDArray;
}

async function* predictions({
  source,
  facts,
  preprocessing,
  predictor,
  cases,
  progress,
}: PredictInputsOptions): AsyncGenerator<Predicted, void, void> {
  const bar = progress === false ? null : progress;
  const rng = createRng(0);
  bar?.start({ label: 'Prediction', total: cases.length });
  for (const [index, input] of cases.entries()) {
    const loaded = await source.read(input);
    const channels = loaded.data.shape[0]!;
    if (channels !== facts.channels || loaded.data.shape.length !== facts.rank + 1)
      throw new InputError(
        `${input.files.join(', ')}: it has ${channels} channel${channels === 1 ? '' : 's'} and ${loaded.data.shape.length - 1} spatial axes; the network was trained on ${facts.channels} and ${facts.rank}.`,
      );
    const { data } = await preprocessing({ data: loaded.data }, rng.fork(index));
    const scores = await predictor.predict(data!, {
      onProgress: ({ done, total }) => bar?.update(index + done / total, { input: input.name }),
    });
    yield { input, loaded, scores };
  }
  bar?.update(cases.length);
  bar?.finish();
}

/** Quoted where it has to be. */
function cell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
