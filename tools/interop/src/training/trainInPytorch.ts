import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NDArray, type Sample, stackArrays } from '@delira/core';
import { loadWeights, writeSafetensors } from '@delira/io';
import type { Comparison, OptimizerPair } from '../models/Comparison.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';
import { noiseHere } from './trainHere.js';

/** A training run in PyTorch. */
export interface PytorchRun {
  readonly name: string;
  readonly optimizer: OptimizerPair['pytorch'];
  readonly dtype: 'float32' | 'float64';
  readonly steps: number;
  /** Where in the batches it begins. Default 0. */
  readonly firstBatch?: number;
  /** For how many batches, from there, gradients are computed at the initial weights. */
  readonly gradientBatches: number;
  /** Whether the state after the last step and a prediction from it are wanted, too. Default true. */
  readonly after?: boolean;
}

/** What PyTorch computed. Arrays are read when they are asked for, and only until the next job in the same folder. */
export interface PytorchResult {
  /** The losses of every step, step after step. */
  readonly losses: readonly number[];
  /** The losses at the initial weights, batch after batch. */
  readonly initialLosses: readonly number[];
  /** At the initial weights, on the batch of that number. In the run's precision. */
  gradients(batch: number): Promise<ReadonlyMap<string, NDArray>>;
  /** Parameters and running statistics after the last step, float64. */
  state(): Promise<ReadonlyMap<string, NDArray>>;
  /** In evaluation mode, after the last step, float64. */
  prediction(): Promise<NDArray>;
}

export interface PytorchJob {
  readonly python: string;
  /** Exchanged files go here. */
  readonly folder: string;
  readonly threads: number;
  /** Initial values of all variables. */
  readonly weights: ReadonlyMap<string, NDArray>;
  readonly batches: readonly Sample[];
  /** What to predict from after the last step. */
  readonly predicted: Sample;
  readonly runs: readonly PytorchRun[];
}

/** Each entry with a leading axis of steps. */
const stacked = (samples: readonly Sample[]): ReadonlyMap<string, NDArray> =>
  new Map(
    Object.keys(samples[0] ?? {}).map((name) => [
      name,
      stackArrays(
        samples.map((sample) => {
          const array = sample[name];
          if (array === undefined) throw new Error(`The batch has no entry ${name}.`);
          return array;
        }),
      ),
    ]),
  );

/** Trains the twin of a comparison on the given weights and batches, once per run. */
export async function trainInPytorch(
  comparison: Comparison,
  job: PytorchJob,
): Promise<ReadonlyMap<string, PytorchResult>> {
  const { folder, threads, runs } = job;
  const files: readonly (readonly [string, ReadonlyMap<string, NDArray>])[] = [
    ['weights', job.weights],
    ['batches', stacked(job.batches)],
    ['noise', stacked(noiseHere(comparison, job.batches))],
    ['predicted', new Map(Object.entries(job.predicted))],
  ];
  for (const [name, entries] of files) await writeFile(join(folder, `${name}.safetensors`), writeSafetensors(entries));
  const description = {
    twin: comparison.twin,
    config: comparison.create().config,
    threads,
    runs: runs.map((run) => ({ firstBatch: 0, after: true, ...run })),
  };
  await writeFile(join(folder, 'job.json'), JSON.stringify(description));

  const script = join(repositoryRoot, 'tools/interop/python/trainTwin.py');
  const finished = await runProcess(job.python, [script, '--job', join(folder, 'job.json')], {
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (finished.code !== 0)
    throw new Error(`PyTorch stopped with code ${finished.code}:\n${lastLines(finished.stderr, 8)}`);

  const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as {
    readonly runs: Readonly<Record<string, Pick<PytorchResult, 'losses' | 'initialLosses'>>>;
  };
  const resultsOf = ({ name }: PytorchRun): [string, PytorchResult] => {
    const losses = result.runs[name];
    if (losses === undefined) throw new Error(`PyTorch wrote no results of ${name}.`);
    const load = (what: string) => loadWeights(join(folder, `${name}.${what}.safetensors`));
    return [
      name,
      {
        ...losses,
        gradients: (batch) => load(`gradients.${batch}`),
        state: () => load('state'),
        prediction: async () => {
          const prediction = (await load('prediction')).get('prediction');
          if (prediction === undefined) throw new Error(`PyTorch wrote no prediction of ${name}.`);
          return prediction;
        },
      },
    ];
  };
  return new Map(runs.map(resultsOf));
}

/** @throws Error naming the run when there is none of that name. */
export function resultOf(results: ReadonlyMap<string, PytorchResult>, name: string): PytorchResult {
  const result = results.get(name);
  if (result === undefined) throw new Error(`PyTorch wrote no results of ${name}.`);
  return result;
}
